import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { dayMs, daySeconds } from '#shared/days.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { Refund } from '../domain/report.ts'
import { keptDays, refundKey, refundsPartition } from '../keys.ts'
import type { Refunds } from '../ports.ts'

export const refundTable = (table: Table): Refunds => ({
  async record(refund) {
    const expiresAt = Math.floor(Date.parse(refund.time) / 1000) + keptDays * daySeconds
    await table.client.send(
      new PutCommand({ TableName: table.name, Item: { ...refundKey(refund), ...refund, expiresAt } }),
    )
  },

  async madeOn({ from, to }) {
    const refunds: Refund[] = []
    // A day of the shop's time zone lies in two or three days of UTC.
    for (let ms = from.getTime(); ms < to.getTime() + dayMs; ms += dayMs) {
      refunds.push(...(await refundsOf(table, new Date(ms).toISOString().slice(0, 10))))
    }
    return refunds.filter(({ time }) => time >= from.toISOString() && time < to.toISOString())
  },
})

async function refundsOf(table: Table, date: string): Promise<Refund[]> {
  const refunds: Refund[] = []
  let ExclusiveStartKey: Record<string, unknown> | undefined
  do {
    const { Items = [], LastEvaluatedKey } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'PK = :refunds',
        ExpressionAttributeValues: { ':refunds': refundsPartition(date) },
        ExclusiveStartKey,
      }),
    )
    refunds.push(...Items.map((item) => Refund.parse(item)))
    ExclusiveStartKey = LastEvaluatedKey
  } while (ExclusiveStartKey)
  return refunds
}
