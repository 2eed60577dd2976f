import assert from 'node:assert/strict'
import { DeleteItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import { randomUUID } from 'node:crypto'
import type { Flow } from '#test/least-privilege/flow.ts'
import { logPartition, startKey } from '../keys.ts'

export const flows: readonly Flow[] = [
  {
    name: 'staff follow the events of the application from an empty log on',
    async run({ shop, aws: { dynamodb }, output, awaited }) {
      const token = await shop.staffToken()
      const TableName = output('TableName')
      const ExpressionAttributeValues = { ':log': { S: logPartition } }
      const { Items = [] } = await dynamodb.send(
        new QueryCommand({ TableName, KeyConditionExpression: 'PK = :log', ExpressionAttributeValues }),
      )
      const keys = [...Items.map(({ PK, SK }) => ({ PK: PK!, SK: SK! })), keyOf(startKey)]
      for (const Key of keys) await dynamodb.send(new DeleteItemCommand({ TableName, Key }))
      let { nextCursor: after } = (await shop.api('GET', '/admin/events', { token })).body
      const correlationId = `flow-${randomUUID()}`
      const { token: customer } = await shop.newCustomer()
      const items = [{ sku: await shop.skuOf(8), quantity: 1 }]
      const placed = await shop.placeOrder(customer, items, { 'x-correlation-id': correlationId })
      assert.equal(placed.status, 201)
      await awaited(`the event of order ${placed.body.orderId} in the log`, async () => {
        const { status, body } = await shop.api('GET', `/admin/events?limit=100&after=${after}`, { token })
        assert.equal(status, 200)
        after = body.nextCursor
        return body.items.some((event) => event.type === 'OrderPlaced' && event.correlationId === correlationId)
      })
    },
  },
  {
    name: 'staff see the queues and alarms of the stage',
    async run({ shop }) {
      const { status, body } = await shop.api('GET', '/admin/operations', { token: await shop.staffToken() })
      assert.equal(status, 200)
      const depth = body.queues.find(({ name }) => name.endsWith('-activity-record-events'))
      assert.ok(Number.isInteger(depth?.waiting))
      assert.ok(body.alarms.some(({ name }) => name.endsWith('-api-server-errors')))
    },
  },
]

const keyOf = ({ PK, SK }: typeof startKey) => ({ PK: { S: PK }, SK: { S: SK } })
