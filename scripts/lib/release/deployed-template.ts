import { GetTemplateCommand, type CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { ask, type Known } from '../preflight/known.ts'
import type { Template } from '../templates.ts'

/** The template that a stack was last deployed with; undefined: there is no such stack. */
export const deployedTemplate = (
  client: CloudFormationClient,
  StackName: string,
): Promise<Known<Template | undefined>> =>
  ask('cloudformation:GetTemplate', async () => {
    try {
      const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName, TemplateStage: 'Original' }))
      return JSON.parse(TemplateBody!)
    } catch (error) {
      // CloudFormation has no better word for it.
      if ((error as Error).name === 'ValidationError' && (error as Error).message.includes('does not exist'))
        return undefined
      throw error
    }
  })
