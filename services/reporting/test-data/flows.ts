import assert from 'node:assert/strict'
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { indexKeys, orderKey } from '#services/orders/keys.ts'
import { dayMs } from '#shared/days.ts'
import { newId } from '#shared/ids.ts'
import type { Flow } from '#test/least-privilege/flow.ts'

export const flows: readonly Flow[] = [
  {
    name: 'staff read the report of yesterday',
    leavesWork: true,
    async run({ shop, aws, output, runSchedule }) {
      const { token } = await shop.newCustomer()
      const { body: placed } = await shop.placeOrder(token, [{ sku: await shop.skuOf(8), quantity: 1 }])
      const table = DynamoDBDocumentClient.from(aws.dynamodb)
      const TableName = output('TableName')
      const { Item: order } = await table.send(new GetCommand({ TableName, Key: orderKey(placed.orderId) }))
      // The same order, placed and paid a day ago.
      const time = new Date(Date.now() - dayMs)
      const old = {
        ...(order as { customerId: string }),
        orderId: newId('ord', time),
        placedAt: time.toISOString(),
        status: 'PAID',
      }
      await table.send(new PutCommand({ TableName, Item: { ...old, ...orderKey(old.orderId), ...indexKeys(old) } }))
      await runSchedule('reporting-make-daily-report')
      const { body } = await shop.api('GET', '/admin/reports', { token: await shop.staffToken() })
      const [report] = body.items
      assert.ok(report.orders >= 1)
      assert.match(await (await fetch(report.csv)).text(), new RegExp(old.orderId))
      assert.match(await (await fetch(report.html)).text(), /<svg/)
    },
  },
]
