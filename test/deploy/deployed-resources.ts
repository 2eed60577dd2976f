import { CloudFormationClient, DescribeStackResourcesCommand, type StackResource } from '@aws-sdk/client-cloudformation'
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { resourceKinds } from './resource-kinds.ts'
import type { Target } from './target.ts'

type Templates = Readonly<Record<string, { readonly DeletionPolicy?: string }>>

/** The resources of the stacks that their templates keep when the stack is deleted, as `kind name`. */
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

/** Function → hash of its code. */
export async function codeOfFunctions(target: Target): Promise<Map<string, string>> {
  const client = new LambdaClient(target.clientConfiguration)
  try {
    const code = new Map<string, string>()
    for await (const { Functions = [] } of paginateListFunctions({ client }, {})) {
      for (const { FunctionName, CodeSha256 } of Functions) code.set(FunctionName!, CodeSha256!)
    }
    return code
  } finally {
    client.destroy()
  }
}
