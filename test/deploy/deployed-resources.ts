import { CloudFormationClient, DescribeStackResourcesCommand, type StackResource } from '@aws-sdk/client-cloudformation'
import { GetFunctionConfigurationCommand, LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda'
import { liveAlias } from '#infra/constructs/released-function.ts'
import { unless } from '#scripts/lib/aws-errors.ts'
import { readTemplates } from '#scripts/lib/templates.ts'
import { resourceKinds } from './resource-kinds.ts'
import type { Target } from './target.ts'

/** The resources that the stacks' templates retain when a stack is deleted, as `kind name`. */
export async function retainedResources(target: Target, assembly: string): Promise<string[]> {
  const client = new CloudFormationClient(target.clientConfiguration)
  try {
    const kept = [...readTemplates(assembly)].map(async ([stack, template]) => {
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
  const alias = new GetFunctionConfigurationCommand({ FunctionName: functionName, Qualifier: liveAlias })
  return (await unless('ResourceNotFoundException', client.send(alias)))?.CodeSha256
}
