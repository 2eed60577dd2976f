// Placing an order as common tutorials write and deploy it: packages imported whole from node_modules, not bundled, the
// table written and the event published by the function itself. Only its init is measured; nothing deploys it.
import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { BatchGetCommand, DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { randomUUID } from 'node:crypto'
import { z } from 'zod'

const logger = new Logger()
const metrics = new Metrics()
const table = DynamoDBDocumentClient.from(new DynamoDBClient({}))
const eventBridge = new EventBridgeClient({})
const TableName = process.env.TABLE_NAME

const OrderRequest = z.object({
  items: z.array(z.object({ sku: z.string(), quantity: z.number().int().min(1).max(99) })).min(1),
  shippingAddress: z.object({
    name: z.string(),
    line1: z.string(),
    city: z.string(),
    postalCode: z.string(),
    country: z.string().length(2),
  }),
  paymentToken: z.string(),
})

export const handler = async (event) => {
  const request = OrderRequest.safeParse(JSON.parse(event.body))
  if (!request.success) return { statusCode: 422, body: JSON.stringify(request.error.issues) }
  const { items, shippingAddress, paymentToken } = request.data
  const Keys = items.map(({ sku }) => ({ PK: `PRODUCT#${sku}`, SK: 'PRODUCT' }))
  const { Responses } = await table.send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys } } }))
  const prices = new Map(Responses[TableName].map(({ sku, price }) => [sku, price]))
  const total = items.reduce((sum, { sku, quantity }) => sum + prices.get(sku) * quantity, 0)
  const orderId = randomUUID()
  const Item = { PK: `ORDER#${orderId}`, SK: 'ORDER', items, shippingAddress, total, status: 'PLACED' }
  const payment = { PK: `PAYMENT#${orderId}`, SK: 'TOKEN', paymentToken }
  await table.send(
    new TransactWriteCommand({ TransactItems: [{ Put: { TableName, Item } }, { Put: { TableName, Item: payment } }] }),
  )
  const Detail = JSON.stringify({ orderId, items, total })
  await eventBridge.send(
    new PutEventsCommand({ Entries: [{ Source: 'orders', DetailType: 'OrderPlaced', Detail, EventBusName: 'shop' }] }),
  )
  metrics.addMetric('OrdersPlaced', MetricUnit.Count, 1)
  metrics.publishStoredMetrics()
  logger.info('Order placed', { orderId })
  return { statusCode: 201, body: JSON.stringify({ orderId, total }) }
}
