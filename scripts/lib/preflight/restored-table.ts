import type { DynamoDBClient, TableDescription } from '@aws-sdk/client-dynamodb'
import type { StageSettings } from '#infra/stage-settings.ts'
import { ask, type Known } from '../aws-errors.ts'
import { findTable } from '../ops/restored-table.ts'
import { failed, ok, unchecked, warning, type Verdict } from './verdict.ts'

type Settings = Pick<StageSettings, 'deletionProtection' | 'warmThroughput'>

export const readRestoredTable = (client: DynamoDBClient, name: string): Promise<Known<TableDescription | undefined>> =>
  ask('dynamodb:DescribeTable', () => findTable(client, name))

/** No stack holds a restored table, so that a deployment changes none of its settings. */
export function checkRestoredTable(
  table: Known<TableDescription | undefined>,
  { tableName, streamArn }: NonNullable<StageSettings['restoredTable']>,
  { deletionProtection, warmThroughput }: Settings,
): Verdict {
  const check = 'restored table'
  if (!table.known) return unchecked(check, table)
  const record = 'Copy restoredTable from the output of npm run ops -- restore, which can be repeated.'
  if (table.value?.TableStatus !== 'ACTIVE') return failed(check, `${tableName} is no active table`, record)
  if (table.value.LatestStreamArn !== streamArn) {
    return failed(check, `the stream of ${tableName} is ${table.value.LatestStreamArn}, not ${streamArn}`, record)
  }
  const update = `aws dynamodb update-table --table-name ${tableName}`
  if (deletionProtection && !table.value.DeletionProtectionEnabled) {
    return warning(check, `${tableName} has no deletion protection`, `${update} --deletion-protection-enabled`)
  }
  const { ReadUnitsPerSecond: reads = 0, WriteUnitsPerSecond: writes = 0 } = table.value.WarmThroughput ?? {}
  if (warmThroughput && (reads < warmThroughput.readsPerSecond || writes < warmThroughput.writesPerSecond)) {
    const { readsPerSecond, writesPerSecond } = warmThroughput
    return warning(
      check,
      `${tableName} starts with ${reads} reads and ${writes} writes per second, and the stage is configured for ${readsPerSecond} and ${writesPerSecond}`,
      `${update} --warm-throughput ReadUnitsPerSecond=${readsPerSecond},WriteUnitsPerSecond=${writesPerSecond}`,
    )
  }
  return ok(check, `${tableName} has the settings of the stage`)
}
