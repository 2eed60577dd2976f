import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { OrderDelivered } from '#services/orders/events.ts'
import { profileKey } from '#services/users/keys.ts'
import { orderEvent } from '#test/support/order-event.ts'
import { suppressionKey } from '../keys.ts'
import { mailsTo, textsTo } from '#scripts/lib/api-client.ts'
import type { Flow } from '#test/least-privilege/flow.ts'

export const flows: readonly Flow[] = [
  {
    name: 'a new customer gets a welcome email',
    async run({ shop, awaited }) {
      const { email } = await shop.newCustomer()
      await awaited(`the welcome email to ${email}`, async () => (await mailsTo(shop.deployment, email)).length > 0)
    },
  },
  {
    name: 'a customer who wants text messages gets one about a delivered order',
    async run({ shop, aws, output, awaited }) {
      const { token } = await shop.newCustomer()
      const { body } = await shop.api('GET', '/me', { token })
      const phone = `+3538${Math.floor(Math.random() * 1e8)}`.padEnd(13, '0')
      const { PK, SK } = profileKey(body.userId)
      await aws.dynamodb.send(
        new UpdateItemCommand({
          TableName: output('TableName'),
          Key: { PK: { S: PK }, SK: { S: SK } },
          UpdateExpression: 'SET phone = :phone, notifications.sms = :wanted',
          ExpressionAttributeValues: { ':phone': { S: phone }, ':wanted': { BOOL: true } },
        }),
      )
      const { source, type, ...detail } = orderEvent(
        OrderDelivered,
        {
          orderId: `ord_${randomUUID()}`,
          customerId: body.userId,
          status: 'DELIVERED',
          shipment: { trackingNumber: 'SBX-1', carrier: 'Sandbox' },
        },
        { time: new Date() },
      )
      const entry = { EventBusName: output('EventBusName'), Source: source, DetailType: type }
      await aws.events.send(new PutEventsCommand({ Entries: [{ ...entry, Detail: JSON.stringify(detail) }] }))
      await awaited(`the text message to ${phone}`, async () => (await textsTo(shop.deployment, phone)).length > 0)
    },
  },
  {
    name: 'an address that bounces gets no email any more',
    async run({ aws, output, awaited, shop }) {
      const email = `bounce+${randomUUID().slice(0, 8)}@simulator.amazonses.com`
      await shop.newCustomer(email)
      const key = suppressionKey(email)
      await awaited(`the bounce of ${email}`, async () => {
        const Key = { PK: { S: key.PK }, SK: { S: key.SK } }
        const { Item } = await aws.dynamodb.send(new GetItemCommand({ TableName: output('TableName'), Key }))
        assert.ok(Item === undefined || Item['reason']?.S === 'bounce')
        return Item
      })
    },
  },
  {
    name: 'a customer gets an email about a reserved order',
    needs: ['inventory'],
    async run({ shop, awaited, decided }) {
      const sku = await shop.skuOf(3)
      await shop.setStock(sku, 10)
      const { email, token } = await shop.newCustomer()
      const { body } = await shop.placeOrder(token, [{ sku, quantity: 1 }])
      const order = await decided(token, body.orderId)
      await awaited(`the email about ${order.orderId}`, async () =>
        (await mailsTo(shop.deployment, email)).some((mail) => mail.body.text?.includes(order.orderId)),
      )
    },
  },
]
