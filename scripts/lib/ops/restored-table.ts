import {
  RestoreTableToPointInTimeCommand,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type TableDescription,
} from '@aws-sdk/client-dynamodb'
import { findTable, isBackedUp, settingsOf, tagsOf, type DynamoDb, type TableSettings } from './backups.ts'
import { pause, type Session } from './session.ts'

type Follower = Pick<Session, 'signal' | 'say'>

const askEveryMs = 5000

export async function startRestore(
  dynamoDb: DynamoDb,
  { source, target, at }: { source: string; target: string; at: Date },
): Promise<void> {
  await dynamoDb.send(
    new RestoreTableToPointInTimeCommand({ SourceTableName: source, TargetTableName: target, RestoreDateTime: at }),
  )
}

/** @returns the table once it can be used; undefined when the signal came first, and AWS goes on by itself */
export async function awaitTable(
  dynamoDb: DynamoDb,
  name: string,
  { signal, say }: Follower,
): Promise<TableDescription | undefined> {
  const startedAtMs = Date.now()
  for (let round = 0; !signal.aborted; round += 1) {
    const table = await findTable(dynamoDb, name)
    if (table?.TableStatus === 'ACTIVE') return table
    if (round % 6 === 0)
      say(`${name} is ${table?.TableStatus ?? 'not there yet'}, ${Math.round((Date.now() - startedAtMs) / 1000)} s`)
    await pause(askEveryMs, signal)
  }
  return undefined
}

/**
 * Gives a restored table what a restore leaves behind, one setting after the other, skipping what it has already.
 * @returns the table's stream, or undefined when the signal came first
 */
export async function equip(
  dynamoDb: DynamoDb,
  name: string,
  wanted: TableSettings,
  session: Follower,
): Promise<string | undefined> {
  for (const step of [enableStream, enableTimeToLive, enableBackups, protect, tag]) {
    const table = await awaitTable(dynamoDb, name, session)
    if (!table) return undefined
    const done = await step(dynamoDb, table, wanted)
    if (done) session.say(done)
  }
  return (await awaitTable(dynamoDb, name, session))?.LatestStreamArn
}

/** @returns what it did, or nothing when there was nothing to do */
type Step = (dynamoDb: DynamoDb, table: TableDescription, wanted: TableSettings) => Promise<string | undefined>

const enableStream: Step = async (dynamoDb, { TableName, StreamSpecification }, { streamView }) => {
  if (!streamView || StreamSpecification?.StreamEnabled) return undefined
  const StreamViewType = streamView
  await dynamoDb.send(
    new UpdateTableCommand({ TableName, StreamSpecification: { StreamEnabled: true, StreamViewType } }),
  )
  return 'Its stream is switched on: what was restored is not published again, what is written from now on is.'
}

const enableTimeToLive: Step = async (dynamoDb, table, { timeToLiveAttribute: AttributeName }) => {
  if (!AttributeName || (await settingsOf(dynamoDb, table)).timeToLiveAttribute === AttributeName) return undefined
  const TimeToLiveSpecification = { Enabled: true, AttributeName }
  await dynamoDb.send(new UpdateTimeToLiveCommand({ TableName: table.TableName, TimeToLiveSpecification }))
  return `Items expire by ${AttributeName} again.`
}

const enableBackups: Step = async (dynamoDb, { TableName }) => {
  if (await isBackedUp(dynamoDb, TableName!)) return undefined
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true }
  await dynamoDb.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }))
  return 'It is backed up itself.'
}

const protect: Step = async (dynamoDb, { TableName, DeletionProtectionEnabled }, { deletionProtection }) => {
  if (!deletionProtection || DeletionProtectionEnabled) return undefined
  await dynamoDb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }))
  return 'It cannot be deleted by mistake.'
}

const tag: Step = async (dynamoDb, { TableArn: ResourceArn }, { tags }) => {
  const present = new Set((await tagsOf(dynamoDb, ResourceArn!)).map(({ Key, Value }) => `${Key}=${Value}`))
  const Tags = tags.filter(({ Key, Value }) => !present.has(`${Key}=${Value}`))
  if (Tags.length === 0) return undefined
  await dynamoDb.send(new TagResourceCommand({ ResourceArn, Tags }))
  return `It has the tags ${Tags.map(({ Key }) => Key).join(', ')}.`
}
