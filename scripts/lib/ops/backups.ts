import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ListTagsOfResourceCommand,
  ResourceNotFoundException,
  type DynamoDBClient,
  type StreamViewType,
  type TableDescription,
  type Tag,
} from '@aws-sdk/client-dynamodb'
import { UsageError } from '../deployment.ts'

export type DynamoDb = Pick<DynamoDBClient, 'send'>

/** What a table is besides its items: a restored one has the items and indexes, and none of this. */
export interface TableSettings {
  readonly streamView: StreamViewType | undefined
  readonly timeToLiveAttribute: string | undefined
  readonly deletionProtection: boolean
  readonly tags: readonly Tag[]
}

/** The times that a table can be restored to. */
export interface BackupPeriod {
  readonly from: Date
  readonly to: Date
}

/** @returns undefined when there is no such table */
export async function findTable(dynamoDb: DynamoDb, TableName: string): Promise<TableDescription | undefined> {
  try {
    return (await dynamoDb.send(new DescribeTableCommand({ TableName }))).Table
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}

export async function settingsOf(dynamoDb: DynamoDb, table: TableDescription): Promise<TableSettings> {
  const { TimeToLiveDescription } = await dynamoDb.send(new DescribeTimeToLiveCommand({ TableName: table.TableName }))
  return {
    streamView: table.StreamSpecification?.StreamEnabled ? table.StreamSpecification.StreamViewType : undefined,
    timeToLiveAttribute: TimeToLiveDescription?.AttributeName,
    deletionProtection: table.DeletionProtectionEnabled ?? false,
    tags: await tagsOf(dynamoDb, table.TableArn!),
  }
}

/** Without those that AWS reserves, which nobody can set: the stack that made a table marks it with them. */
export async function tagsOf(dynamoDb: DynamoDb, ResourceArn: string): Promise<Tag[]> {
  const tags: Tag[] = []
  let NextToken: string | undefined
  do {
    const page = await dynamoDb.send(new ListTagsOfResourceCommand({ ResourceArn, NextToken }))
    tags.push(...(page.Tags ?? []))
    NextToken = page.NextToken
  } while (NextToken)
  return tags.filter(({ Key }) => !Key!.startsWith('aws:'))
}

export async function isBackedUp(dynamoDb: DynamoDb, TableName: string): Promise<boolean> {
  return (await pointInTimeRecoveryOf(dynamoDb, TableName))?.PointInTimeRecoveryStatus === 'ENABLED'
}

/** @throws UsageError when the table is not backed up */
export async function backupPeriodOf(dynamoDb: DynamoDb, TableName: string): Promise<BackupPeriod> {
  const recovery = await pointInTimeRecoveryOf(dynamoDb, TableName)
  const { EarliestRestorableDateTime: from, LatestRestorableDateTime: to } = recovery ?? {}
  if (!from || !to)
    throw new UsageError(`${TableName} has no point-in-time recovery: there is nothing to restore it from.`)
  return { from, to }
}

async function pointInTimeRecoveryOf(dynamoDb: DynamoDb, TableName: string) {
  const { ContinuousBackupsDescription } = await dynamoDb.send(new DescribeContinuousBackupsCommand({ TableName }))
  return ContinuousBackupsDescription?.PointInTimeRecoveryDescription
}
