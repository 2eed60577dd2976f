import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { UsageError } from '../deployment.ts'
import type { Template } from '../templates.ts'
import { releaseConflicts } from './release-conflicts.ts'
import { deployedTemplate } from './deployed-template.ts'

/**
 * Compares the stacks that would be deployed with those that are, where the credentials and the region point.
 * @returns a sentence for each conflict
 * @throws UsageError when CloudFormation does not tell what is deployed
 */
export async function checkRelease(wanted: ReadonlyMap<string, Template>, region?: string): Promise<string[]> {
  const client = new CloudFormationClient(region ? { region } : {})
  try {
    const conflicts = [...wanted].map(async ([stack, template]) => {
      const deployed = await deployedTemplate(client, stack)
      if (!deployed.known)
        throw new UsageError(`What is deployed as ${stack} is not known: ${deployed.why}. ${deployed.remedy}`)
      return deployed.value ? releaseConflicts(deployed.value, template) : []
    })
    return (await Promise.all(conflicts)).flat()
  } finally {
    client.destroy()
  }
}
