import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CommandError } from '../errors.ts'
import {
  applySettings,
  backupPeriodOf,
  findTable,
  settingsOf,
  startRestore,
  waitForTable,
  type BackupPeriod,
  type DynamoDb,
} from './restored-table.ts'
import { failed, interrupted, type Session } from './session.ts'

/** The name is derived from the time, so that a repetition finds the table that it created. */
const targetOf = (source: string, at: Date) => `${source}-restored-${at.toISOString().replace(/\.\d+Z$|\D/g, '')}`

/** Restores the deployment's table to a new table at a point in time, and prints how to put it into use. */
export async function restore(
  session: Session,
  at: Date,
  dynamoDb: DynamoDb = new DynamoDBClient(session.deployment.clientConfiguration),
): Promise<number> {
  const source = session.deployment.tableName
  const target = targetOf(source, at)
  const table = await findTable(dynamoDb, source)
  if (!table) throw new CommandError(`Table ${source} does not exist (${session.place}).`)
  const started = await findTable(dynamoDb, target)
  if (!started) checkPeriod(at, await backupPeriodOf(dynamoDb, source), source)
  const verb = started ? 'Continue with' : 'Create'
  const plan = [
    `${verb} the table ${target}, with the items of ${source} at ${at.toISOString()}.`,
    `${source} is not changed.`,
  ]
  if (!(await session.confirm(plan))) return failed

  const settings = await settingsOf(dynamoDb, table)
  if (!started) await startRestore(dynamoDb, { source, target, at })
  const streamArn =
    (await waitForTable(dynamoDb, target, session)) && (await applySettings(dynamoDb, target, settings, session))
  if (!streamArn) {
    session.say('Stopped waiting. Repeat the command to continue.')
    return interrupted
  }
  session.print(instructions(target, streamArn))
  return 0
}

function checkPeriod(at: Date, { from, to }: BackupPeriod, source: string): void {
  if (at < from || at > to)
    throw new CommandError(`${source} can be restored to a time from ${from.toISOString()} to ${to.toISOString()}.`)
}

const instructions = (tableName: string, streamArn: string) => `
${tableName} is ready. To replace the stage's table with it, add these lines to the stage record in infra/stages.ts

    restoredTable: {
      tableName: '${tableName}',
      streamArn: '${streamArn}',
    },

and deploy the stage.`
