import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { SQSClient } from '@aws-sdk/client-sqs'
import { randomUUID } from 'node:crypto'
import { eventually, mailsTo } from '#scripts/lib/api-client.ts'
import { consumersIdle } from './queues.ts'
import { api, decided, deployment, newCustomer, orderOf, placeOrder, setStock, skuOf, stockOf } from './shop.ts'

const eventBridge = new EventBridgeClient(deployment.clientConfiguration)
const sqs = new SQSClient(deployment.clientConfiguration)
afterAll(() => {
  eventBridge.destroy()
  sqs.destroy()
})

interface TrailEvent {
  id: string
  type: string
  source: string
  time: string
  data: Record<string, unknown>
}

/** Publishes an event of an order's trail again, byte for byte as the relay published it. */
async function repeat(event: TrailEvent, times: number): Promise<void> {
  const detail = {
    metadata: {
      id: event.id,
      version: 1,
      time: event.time,
      correlationId: `again-${randomUUID()}`,
      causationId: 'test',
    },
    data: event.data,
  }
  const entry = {
    EventBusName: deployment.eventBusName,
    Source: event.source,
    DetailType: event.type,
    Detail: JSON.stringify(detail),
  }
  const { FailedEntryCount } = await eventBridge.send(
    new PutEventsCommand({ Entries: Array.from({ length: times }, () => entry) }),
  )
  expect(FailedEntryCount).toBe(0)
}

const trailOf = async (token: string, orderId: string): Promise<TrailEvent[]> =>
  (await api('GET', `/orders/${orderId}/events`, { token })).body.items

const mailsAbout = async (orderId: string, email = '') =>
  (await mailsTo(deployment, email)).filter((mail) => mail.body.text?.includes(orderId))

const mailAbout = (orderId: string) =>
  eventually(`the email about ${orderId}`, async () => (await mailsAbout(orderId)).length > 0)

/**
 * Waits until the published events and their effects are handled: an order that is placed while the consumers are idle
 * passes through the table's stream, the bus and every queue after them.
 */
async function handledUpToNow(token: string, sku: string): Promise<void> {
  await consumersIdle(sqs)
  const { body } = await placeOrder(token, [{ sku, quantity: 1 }])
  await mailAbout(body.orderId)
  await consumersIdle(sqs)
}

/** A reserved or rejected order whose email was sent. */
async function answeredOrder(token: string, sku: string, quantity: number) {
  const { body } = await placeOrder(token, [{ sku, quantity }])
  const order = await decided(token, body.orderId)
  await mailAbout(order.orderId)
  return { order, trail: await trailOf(token, order.orderId) }
}

const piecesOf = async (sku: string) => {
  const { available, reserved } = await stockOf(sku)
  return { available, reserved }
}

test('duplicate events change nothing and send no second email', async () => {
  const sku = await skuOf(4)
  await setStock(sku, 20)
  const { email, token } = await newCustomer()
  const { order, trail } = await answeredOrder(token, sku, 3)
  const before = await piecesOf(sku)

  for (const event of trail) await repeat(event, 3)
  await handledUpToNow(token, sku)

  expect(await trailOf(token, order.orderId)).toEqual(trail)
  expect(await orderOf(token, order.orderId)).toEqual(order)
  expect(await piecesOf(sku)).toEqual({ available: before.available - 1, reserved: before.reserved + 1 })
  expect(await mailsAbout(order.orderId, email)).toHaveLength(1)
})

test('events that arrive in reverse, OrderPlaced last, change nothing', async () => {
  const sku = await skuOf(4)
  await setStock(sku, 20)
  const { email, token } = await newCustomer()
  const { order, trail } = await answeredOrder(token, sku, 2)
  expect(trail.map(({ type }) => type)).toEqual(['OrderPlaced', 'StockReserved', 'OrderReserved'])
  const before = await piecesOf(sku)

  for (const event of trail.toReversed()) {
    await repeat(event, 1)
    await consumersIdle(sqs)
  }
  await handledUpToNow(token, sku)

  expect(await trailOf(token, order.orderId)).toEqual(trail)
  expect(await orderOf(token, order.orderId)).toEqual(order)
  expect(await piecesOf(sku)).toEqual({ available: before.available - 1, reserved: before.reserved + 1 })
  expect(await mailsAbout(order.orderId, email)).toHaveLength(1)
})

describe('a late stock event that contradicts the first', () => {
  const cases = [
    {
      status: 'RESERVED',
      pieces: 5,
      late: 'StockRejected',
      data: (sku: string) => ({ shortages: [{ sku, requested: 1, available: 0 }] }),
    },
    {
      status: 'REJECTED',
      pieces: 0,
      late: 'StockReserved',
      data: (sku: string) => ({ lines: [{ sku, quantity: 1 }] }),
    },
  ]
  test.each(cases)('$late for an order that is $status', async ({ status, pieces, late, data }) => {
    const sku = await skuOf(4)
    await setStock(sku, pieces)
    const { email, token } = await newCustomer()
    const { order, trail } = await answeredOrder(token, sku, 1)
    expect(order.status).toBe(status)

    const [, answer] = trail
    const id = `${late}/${order.orderId}/2`
    await repeat({ ...answer!, id, type: late, data: { orderId: order.orderId, ...data(sku) } }, 1)
    await handledUpToNow(token, sku)

    expect(await orderOf(token, order.orderId)).toEqual(order)
    expect(await mailsAbout(order.orderId, email)).toHaveLength(1)
    // The trail shows the late event, and no effect of it.
    const types = (await trailOf(token, order.orderId)).map(({ type }) => type)
    expect(types.toSorted()).toEqual([...trail.map(({ type }) => type), late].toSorted())
  })
})
