import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { daySeconds } from '#shared/days.ts'
import { conditionalWrite } from '#shared/dynamodb/conditional-write.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { outboxOf } from '#shared/events/outbox.ts'
import { Report } from '../domain/report.ts'
import { keptDays, reportKey, reportsPartition } from '../keys.ts'
import type { Reports } from '../ports.ts'

export const reportTable = (table: Table): Reports => ({
  async save(report, event) {
    const expiresAt = Math.floor(Date.parse(report.madeAt) / 1000) + keptDays * daySeconds
    const item = { ...reportKey(report.day), ...report, expiresAt }
    const first = await conditionalWrite(
      table.client.send(
        new PutCommand({
          TableName: table.name,
          Item: { ...item, ...outboxOf([event]) },
          ConditionExpression: 'attribute_not_exists(PK)',
        }),
      ),
    )
    if (!first.ok) await table.client.send(new PutCommand({ TableName: table.name, Item: item }))
  },

  async page({ size, before, now }) {
    const { Items = [] } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: before === undefined ? 'PK = :reports' : 'PK = :reports AND SK < :before',
        ExpressionAttributeValues: {
          ':reports': reportsPartition,
          ...(before === undefined ? {} : { ':before': before }),
        },
        ScanIndexForward: false,
        Limit: size + 1,
      }),
    )
    const kept = Items.filter(({ expiresAt }) => expiresAt * 1000 > now.getTime())
    return { reports: kept.slice(0, size).map((item) => Report.parse(item)), more: kept.length > size }
  },
})
