import assert from 'node:assert/strict'
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { createEvent } from '#shared/events/envelope.ts'
import { euros } from '#shared/money.ts'
import { PaymentRefunded } from '#services/payments/events.ts'
import { paymentKey } from '#services/payments/keys.ts'
import { refundKey } from '../keys.ts'
import { indexKeys, orderKey } from '#services/orders/keys.ts'
import { dayMs } from '#shared/days.ts'
import { newId } from '#shared/ids.ts'
import type { Flow } from '#test/least-privilege/flow.ts'

export const flows: readonly Flow[] = [
  {
    name: 'staff read the report of yesterday, with a refund of yesterday',
    needs: ['payments'],
    leavesWork: true,
    async run({ shop, aws, output, awaited, runSchedule }) {
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
      const cancelled = { ...old, orderId: newId('ord', time), status: 'CANCELLED' }
      for (const each of [old, cancelled]) {
        await table.send(
          new PutCommand({ TableName, Item: { ...each, ...orderKey(each.orderId), ...indexKeys(each) } }),
        )
      }
      const payment = { ...paymentKey(cancelled.orderId), status: 'captured' }
      await table.send(new PutCommand({ TableName, Item: payment }))
      const refundId = `${old.orderId}/5`
      const data = { orderId: old.orderId, paymentId: 'pay_1', refundId, amount: euros(1), refunded: euros(1) }
      const fact = {
        aggregateId: old.orderId,
        aggregateVersion: 5,
        time,
        cause: { correlationId: 'flow', causationId: 'flow' },
      }
      const { source, type, ...detail } = createEvent(PaymentRefunded, { ...fact, data })
      const entry = { EventBusName: output('EventBusName'), Source: source, DetailType: type }
      await aws.events.send(new PutEventsCommand({ Entries: [{ ...entry, Detail: JSON.stringify(detail) }] }))
      const Key = refundKey({ time: time.toISOString(), refundId })
      await awaited(`the refund ${refundId}`, async () => (await table.send(new GetCommand({ TableName, Key }))).Item)
      await runSchedule('reporting-make-daily-report')
      const { body } = await shop.api('GET', '/admin/reports', { token: await shop.staffToken() })
      const report = body.items[0]!
      assert.ok(report.orders >= 1)
      const csv = await (await fetch(report.csv)).text()
      for (const kind of ['sale', 'refund']) assert.match(csv, new RegExp(`^${kind},.*${old.orderId}`, 'm'))
      assert.match(csv, new RegExp(`^sale,.*${cancelled.orderId}`, 'm'))
      assert.match(await (await fetch(report.html)).text(), /<svg/)
    },
  },
]
