import { UpdateTerminationProtectionCommand, type CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { DeleteObjectsCommand, NoSuchBucket, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3'
import { all, mapKnown, type Known } from './aws-errors.ts'
import { counted } from './ops/text.ts'
import { readResources, type DeployedStack } from './preflight/stacks.ts'
import { deployedTemplate } from './release/release-conflicts.ts'

/** A deployed resource, and whether its DeletionPolicy retains it when its stack is deleted. */
export interface PlannedResource {
  readonly type: string
  readonly physicalId: string
  readonly isRetained: boolean
}

interface DeletionPlan {
  readonly retained: readonly PlannedResource[]
  /** Buckets to delete, which must be empty before. */
  readonly buckets: readonly string[]
  readonly deletedByType: ReadonlyMap<string, number>
}

/** The resources of stacks, with the policies of their deployed templates, which may differ from this checkout. */
export async function readPlannedResources(
  client: CloudFormationClient,
  stacks: readonly string[],
): Promise<Known<PlannedResource[]>> {
  const found = await Promise.all(stacks.map((stack) => readStackResources(client, stack)))
  return mapKnown(all(found), (resources) => resources.flat())
}

async function readStackResources(client: CloudFormationClient, stack: string): Promise<Known<PlannedResource[]>> {
  const [template, resources] = await Promise.all([
    deployedTemplate(client, stack),
    readResources(client, [{ name: stack }]),
  ])
  if (!template.known) return template
  const policyOf = (logicalId: string): string | undefined => template.value?.Resources[logicalId]?.DeletionPolicy
  return mapKnown(resources, (found) =>
    found.map(({ logicalId, type, physicalId }) => ({
      type,
      physicalId,
      isRetained: policyOf(logicalId)?.startsWith('Retain') ?? false,
    })),
  )
}

/** @param restoredTable the table in use that no stack holds, if the stage record names one */
export function deletionPlan(
  resources: readonly PlannedResource[],
  restoredTable?: { readonly tableName: string },
): DeletionPlan {
  const deleted = resources.filter(({ isRetained }) => !isRetained)
  const deletedByType = new Map<string, number>()
  for (const { type } of deleted) deletedByType.set(type, (deletedByType.get(type) ?? 0) + 1)
  return {
    retained: [
      ...resources.filter(({ isRetained }) => isRetained),
      ...(restoredTable
        ? [{ type: 'AWS::DynamoDB::GlobalTable', physicalId: restoredTable.tableName, isRetained: true }]
        : []),
    ],
    buckets: deleted.filter(({ type }) => type === 'AWS::S3::Bucket').map(({ physicalId }) => physicalId),
    deletedByType,
  }
}

/** Descriptions of resources whose data cannot be recreated. */
const dataTypes: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::GlobalTable': 'table with all items',
  'AWS::Cognito::UserPool': 'user pool with all accounts',
  'AWS::S3::Bucket': 'bucket with all objects',
  'AWS::Logs::LogGroup': 'log group',
  'AWS::Events::Archive': 'archive of all events',
}

/** The plan as lines for the terminal, lost data first. */
export function planLines(
  place: string,
  stacks: readonly Pick<DeployedStack, 'isProtected'>[],
  { retained, deletedByType }: DeletionPlan,
): string[] {
  const lost = Object.entries(dataTypes)
    .filter(([type]) => deletedByType.has(type))
    .map(([type, what]) => `  ${deletedByType.get(type)} × ${what}`)
  const protectedOnes = stacks.filter(({ isProtected }) => isProtected).length
  return [
    `Delete ${counted(stacks.length, 'stack')} permanently (${place}).`,
    ...(protectedOnes > 0 ? [`Disable the termination protection of ${counted(protectedOnes, 'stack')} first.`] : []),
    ...(lost.length > 0 ? ['Deleted, and cannot be restored:', ...lost] : []),
    ...(retained.length > 0
      ? ['Retained, as the stage is configured:', ...linesOf(retained)]
      : ['Nothing is retained.']),
  ]
}

/** One line for each retained resource; log groups are counted. */
export function linesOf(retained: readonly PlannedResource[]): string[] {
  const groups = retained.filter(({ type }) => type === 'AWS::Logs::LogGroup').length
  const named = retained.filter(({ type }) => type !== 'AWS::Logs::LogGroup')
  return [
    ...named.map(({ type, physicalId }) => `  ${dataTypes[type] ?? type}: ${physicalId}`),
    ...(groups > 0 ? [`  ${counted(groups, 'log group')}`] : []),
  ]
}

/** The next deployment of a stack that is not deleted after all enables it again. */
export async function disableTerminationProtection(
  client: CloudFormationClient,
  stacks: readonly Pick<DeployedStack, 'name' | 'isProtected'>[],
): Promise<void> {
  for (const { name: StackName, isProtected } of stacks) {
    if (!isProtected) continue
    await client.send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: false }))
  }
}

/**
 * Deletes all objects of a bucket, a thousand at a time. A bucket that does not exist is empty.
 * @returns the number of deleted objects
 * @throws Error naming the first object that could not be deleted
 */
export async function emptyBucket(client: S3Client, Bucket: string): Promise<number> {
  let deleted = 0
  try {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket })) {
      if (Contents.length === 0) continue
      const Objects = Contents.map(({ Key }) => ({ Key }))
      const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }))
      if (Errors[0]) throw new Error(`${Bucket}/${Errors[0].Key} could not be deleted: ${Errors[0].Message}`)
      deleted += Contents.length
    }
  } catch (error) {
    if (!(error instanceof NoSuchBucket)) throw error
  }
  return deleted
}
