import { CloudFormationClient, DescribeStackResourcesCommand, type StackResource } from '@aws-sdk/client-cloudformation'
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  paginateListFunctions,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { liveAlias } from '#infra/constructs/released-function.ts'
import { resourceKinds } from './resource-kinds.ts'
import type { Target } from './target.ts'

type Templates = Readonly<Record<string, { readonly DeletionPolicy?: string }>>

/** The resources that the stacks' templates retain when a stack is deleted, as `kind name`. */
export async function retainedResources(
  target: Target,
  assembly: string,
  stacks: readonly string[],
): Promise<string[]> {
  const client = new CloudFormationClient(target.clientConfiguration)
  try {
    const kept = stacks.map(async (stack) => {
      const template: { Resources: Templates } = JSON.parse(
        readFileSync(join(assembly, `${stack}.template.json`), 'utf8'),
      )
      const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: stack }))
      return StackResources.filter(({ LogicalResourceId }) => isRetained(template.Resources[LogicalResourceId!]))
    })
    return (await Promise.all(kept)).flat().flatMap(named)
  } finally {
    client.destroy()
  }
}

const isRetained = (resource: { DeletionPolicy?: string } | undefined): boolean =>
  resource?.DeletionPolicy?.startsWith('Retain') ?? false

function named({ ResourceType, PhysicalResourceId }: StackResource): string[] {
  const kind = resourceKinds.find(({ type }) => type === ResourceType)
  return kind ? [`${kind.name} ${PhysicalResourceId}`] : []
}

/** Function → hash of the code that callers invoke: through its alias, if it has one. */
export async function servedCode(target: Target): Promise<Map<string, string>> {
  const client = new LambdaClient(target.clientConfiguration)
  try {
    const code = new Map<string, string>()
    for await (const { Functions = [] } of paginateListFunctions({ client }, {})) {
      for (const { FunctionName, CodeSha256 } of Functions) {
        code.set(FunctionName!, (await codeOfAlias(client, FunctionName!)) ?? CodeSha256!)
      }
    }
    return code
  } finally {
    client.destroy()
  }
}

async function codeOfAlias(client: LambdaClient, functionName: string): Promise<string | undefined> {
  try {
    const alias = new GetFunctionConfigurationCommand({ FunctionName: functionName, Qualifier: liveAlias })
    return (await client.send(alias)).CodeSha256
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}
