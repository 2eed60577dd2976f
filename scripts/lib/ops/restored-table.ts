import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ListTagsOfResourceCommand,
  RestoreTableToPointInTimeCommand,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type DynamoDBClient,
  type StreamViewType,
  type TableDescription,
  type Tag,
} from '@aws-sdk/client-dynamodb'
import { unless } from '../aws-errors.ts'
import { CommandError } from '../errors.ts'
import { itemsIn, pagesOf } from '../pages.ts'
import { pause, type Session } from './session.ts'

type Follower = Pick<Session, 'signal' | 'say'>

export type DynamoDb = Pick<DynamoDBClient, 'send'>

/** The settings that a restore does not copy; it copies only items and indexes. */
interface TableSettings {
  readonly streamView: StreamViewType | undefined
  readonly timeToLiveAttribute: string | undefined
  readonly deletionProtection: boolean
  readonly tags: readonly Tag[]
}

/** The period that a table can be restored to. */
export interface BackupPeriod {
  readonly from: Date
  readonly to: Date
}

/** @returns undefined when there is no such table */
export const findTable = async (dynamoDb: DynamoDb, TableName: string): Promise<TableDescription | undefined> =>
  (await unless('ResourceNotFoundException', dynamoDb.send(new DescribeTableCommand({ TableName }))))?.Table

export async function settingsOf(dynamoDb: DynamoDb, table: TableDescription): Promise<TableSettings> {
  const { TimeToLiveDescription } = await dynamoDb.send(new DescribeTimeToLiveCommand({ TableName: table.TableName }))
  return {
    streamView: table.StreamSpecification?.StreamEnabled ? table.StreamSpecification.StreamViewType : undefined,
    timeToLiveAttribute: TimeToLiveDescription?.AttributeName,
    deletionProtection: table.DeletionProtectionEnabled ?? false,
    tags: await tagsOf(dynamoDb, table.TableArn!),
  }
}

/** Without the reserved AWS tags, which only CloudFormation can set. */
async function tagsOf(dynamoDb: DynamoDb, ResourceArn: string): Promise<Tag[]> {
  const pages = pagesOf((NextToken) => dynamoDb.send(new ListTagsOfResourceCommand({ ResourceArn, NextToken })))
  return (await itemsIn(pages, ({ Tags }) => Tags)).filter(({ Key }) => !Key!.startsWith('aws:'))
}

async function isBackedUp(dynamoDb: DynamoDb, TableName: string): Promise<boolean> {
  return (await pointInTimeRecoveryOf(dynamoDb, TableName))?.PointInTimeRecoveryStatus === 'ENABLED'
}

/** @throws CommandError when the table has no point-in-time recovery */
export async function backupPeriodOf(dynamoDb: DynamoDb, TableName: string): Promise<BackupPeriod> {
  const recovery = await pointInTimeRecoveryOf(dynamoDb, TableName)
  const { EarliestRestorableDateTime: from, LatestRestorableDateTime: to } = recovery ?? {}
  if (!from || !to) throw new CommandError(`${TableName} has no point-in-time recovery, so it cannot be restored.`)
  return { from, to }
}

async function pointInTimeRecoveryOf(dynamoDb: DynamoDb, TableName: string) {
  const { ContinuousBackupsDescription } = await dynamoDb.send(new DescribeContinuousBackupsCommand({ TableName }))
  return ContinuousBackupsDescription?.PointInTimeRecoveryDescription
}

const pollIntervalMs = 5000

export async function startRestore(
  dynamoDb: DynamoDb,
  { source, target, at }: { source: string; target: string; at: Date },
): Promise<void> {
  await dynamoDb.send(
    new RestoreTableToPointInTimeCommand({ SourceTableName: source, TargetTableName: target, RestoreDateTime: at }),
  )
}

/** @returns the table once it is active; undefined when the signal was aborted first; AWS continues the restore */
export async function waitForTable(
  dynamoDb: DynamoDb,
  name: string,
  { signal, say }: Follower,
): Promise<TableDescription | undefined> {
  const startedAtMs = Date.now()
  for (let round = 0; !signal.aborted; round += 1) {
    const table = await findTable(dynamoDb, name)
    if (table?.TableStatus === 'ACTIVE') return table
    if (round % 6 === 0)
      say(`${name} is ${table?.TableStatus ?? 'not created yet'}, ${Math.round((Date.now() - startedAtMs) / 1000)} s`)
    await pause(pollIntervalMs, signal)
  }
  return undefined
}

/**
 * Applies the settings that a restore does not copy, one after the other, and skips those that are already applied.
 * @returns the ARN of the table's stream, or undefined when the signal was aborted first
 */
export async function applySettings(
  dynamoDb: DynamoDb,
  name: string,
  wanted: TableSettings,
  session: Follower,
): Promise<string | undefined> {
  for (const step of [enableStream, enableTimeToLive, enableBackups, protect, tag]) {
    const table = await waitForTable(dynamoDb, name, session)
    if (!table) return undefined
    const message = await step(dynamoDb, table, wanted)
    if (message) session.say(message)
  }
  return (await waitForTable(dynamoDb, name, session))?.LatestStreamArn
}

/** @returns a sentence about the change, or undefined when no change was needed */
type Step = (dynamoDb: DynamoDb, table: TableDescription, wanted: TableSettings) => Promise<string | undefined>

const enableStream: Step = async (dynamoDb, { TableName, StreamSpecification }, { streamView }) => {
  if (!streamView || StreamSpecification?.StreamEnabled) return undefined
  const StreamViewType = streamView
  await dynamoDb.send(
    new UpdateTableCommand({ TableName, StreamSpecification: { StreamEnabled: true, StreamViewType } }),
  )
  return 'Its stream is enabled: restored items are not published again, new changes are.'
}

const enableTimeToLive: Step = async (dynamoDb, table, { timeToLiveAttribute: AttributeName }) => {
  if (!AttributeName || (await settingsOf(dynamoDb, table)).timeToLiveAttribute === AttributeName) return undefined
  const TimeToLiveSpecification = { Enabled: true, AttributeName }
  await dynamoDb.send(new UpdateTimeToLiveCommand({ TableName: table.TableName, TimeToLiveSpecification }))
  return `Its TTL attribute is ${AttributeName}.`
}

const enableBackups: Step = async (dynamoDb, { TableName }) => {
  if (await isBackedUp(dynamoDb, TableName!)) return undefined
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true }
  await dynamoDb.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }))
  return 'Its point-in-time recovery is enabled.'
}

const protect: Step = async (dynamoDb, { TableName, DeletionProtectionEnabled }, { deletionProtection }) => {
  if (!deletionProtection || DeletionProtectionEnabled) return undefined
  await dynamoDb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }))
  return 'Its deletion protection is enabled.'
}

const tag: Step = async (dynamoDb, { TableArn: ResourceArn }, { tags }) => {
  const present = new Set((await tagsOf(dynamoDb, ResourceArn!)).map(({ Key, Value }) => `${Key}=${Value}`))
  const Tags = tags.filter(({ Key, Value }) => !present.has(`${Key}=${Value}`))
  if (Tags.length === 0) return undefined
  await dynamoDb.send(new TagResourceCommand({ ResourceArn, Tags }))
  return `It has the tags ${Tags.map(({ Key }) => Key).join(', ')}.`
}
