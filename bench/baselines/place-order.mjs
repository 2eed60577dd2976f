// Placing an order as the guides of Powertools for AWS Lambda (TypeScript) and of the CDK write it: one file, Powertools'
// Logger, Tracer, Metrics and Idempotency as Middy middlewares, the SDK's document client traced by X-Ray, a schema of zod,
// and the event published by the function itself. bench/cold-start.ts bundles it with the defaults of CDK's NodejsFunction.
// Only its init is measured; nothing deploys it.
import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency'
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb'
import { makeHandlerIdempotent } from '@aws-lambda-powertools/idempotency/middleware'
import { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import { Tracer } from '@aws-lambda-powertools/tracer'
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { BatchGetCommand, DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import middy from '@middy/core'
import { randomUUID } from 'node:crypto'
import { z } from 'zod'

const logger = new Logger()
const tracer = new Tracer()
const metrics = new Metrics()
const table = DynamoDBDocumentClient.from(tracer.captureAWSv3Client(new DynamoDBClient({})))
const eventBridge = tracer.captureAWSv3Client(new EventBridgeClient({}))
const TableName = process.env.TABLE_NAME

const persistenceStore = new DynamoDBPersistenceLayer({ tableName: TableName })
const config = new IdempotencyConfig({ eventKeyJmesPath: 'headers."idempotency-key"' })

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

const placeOrder = async (event) => {
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
  logger.info('Order placed', { orderId })
  return { statusCode: 201, body: JSON.stringify({ orderId, total }) }
}

export const handler = middy(placeOrder)
  .use(captureLambdaHandler(tracer))
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .use(makeHandlerIdempotent({ persistenceStore, config }))
