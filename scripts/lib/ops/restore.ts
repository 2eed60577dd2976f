import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { UsageError } from '../deployment.ts'
import { backupPeriodOf, findTable, settingsOf, type BackupPeriod, type DynamoDb } from './backups.ts'
import { awaitTable, equip, startRestore } from './restored-table.ts'
import { failed, interrupted, type Session } from './session.ts'
import { noWords, subcommand, timeOf } from './subcommand.ts'

export const restore = subcommand({
  name: 'restore',
  usage: 'restore --at TIME [--yes]',
  help: `
Makes a new table from the backups of the shop's: its items and indexes as they were at a time of the last 35 days, and
then stream, expiry, backups, protection and tags, which a restore leaves behind. The shop's own table is not touched;
the lines that put the new one in its place are printed at the end (docs/runbooks/restore.md tells the rest).

It asks first and shows how far it is. After Ctrl-C AWS goes on restoring; run again with the same time, it goes on too.

  --at TIME          the time, like 2026-11-21T13:00:00Z
  --yes              do not ask`,
  options: { at: { type: 'string' } },
  request: ({ at }, words): { readonly at: Date } => {
    noWords(words)
    return { at: timeOf(at, '--at') }
  },
  run: (session, { at }) => runRestore(session, at, new DynamoDBClient(session.deployment.clientConfiguration)),
})

/** One name for one time: a repeat finds the table that it began with. */
const targetOf = (source: string, at: Date) => `${source}-restored-${at.toISOString().replace(/\.\d+Z$|\D/g, '')}`

export async function runRestore(session: Session, at: Date, dynamoDb: DynamoDb): Promise<number> {
  const source = session.deployment.tableName
  const target = targetOf(source, at)
  const table = await findTable(dynamoDb, source)
  if (!table) throw new UsageError(`There is no table ${source} (${session.place}).`)
  const begun = await findTable(dynamoDb, target)
  if (!begun) checkPeriod(at, await backupPeriodOf(dynamoDb, source), source)
  const verb = begun ? 'Go on with' : 'Make'
  const plan = [`${verb} the table ${target}, as ${source} was at ${at.toISOString()}.`, `${source} is not touched.`]
  if (!(await session.confirm(plan))) return failed

  const settings = await settingsOf(dynamoDb, table)
  if (!begun) await startRestore(dynamoDb, { source, target, at })
  const streamArn = (await awaitTable(dynamoDb, target, session)) && (await equip(dynamoDb, target, settings, session))
  if (!streamArn) {
    session.say('Not waiting any longer. The same command goes on from here.')
    return interrupted
  }
  session.print(recordOf(target, streamArn))
  return 0
}

function checkPeriod(at: Date, { from, to }: BackupPeriod, source: string): void {
  if (at < from || at > to)
    throw new UsageError(`${source} can be restored to a time from ${from.toISOString()} to ${to.toISOString()}.`)
}

const recordOf = (tableName: string, streamArn: string) => `
${tableName} is ready. To put it in the place of the shop's table, add to the stage's record in infra/stages.ts

    restoredTable: {
      tableName: '${tableName}',
      streamArn: '${streamArn}',
    },

and deploy.`
