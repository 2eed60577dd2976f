import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { randomUUID } from 'node:crypto'
import { isInstalled, testWith } from './installed.ts'
import { handledBy, type LogLine } from './logs.ts'
import { noticeOf, sent, settledNotice, type Notice } from './notices.ts'
import { eventually } from '#scripts/lib/api-client.ts'
import {
  deployment,
  finished,
  orderOf,
  placeOrder,
  setStock,
  sharedCustomer,
  skuOf,
  stockOf,
  trailOf,
  type TrailEvent,
} from './shop.ts'

const eventBridge = new EventBridgeClient(deployment.clientConfiguration)
afterAll(() => eventBridge.destroy())

/** The consumers whose effects these tests check. */
const consumers: Readonly<Record<string, string>> = {
  OrderPlaced: 'inventory-reserve-stock',
  StockReserved: 'orders-apply-events',
  StockRejected: 'orders-apply-events',
  ...(isInstalled('payments') ? { PaymentDeclined: 'orders-apply-events', StockReleased: 'orders-apply-events' } : {}),
  ...(isInstalled('notifications')
    ? {
        OrderRejected: 'notifications-send-mail',
        [isInstalled('payments') ? 'OrderPaymentFailed' : 'OrderReserved']: 'notifications-send-mail',
      }
    : {}),
}

/** The last event of an order that these tests place, by its second one. */
const lastEvent: Readonly<Record<string, string>> = {
  StockReserved: isInstalled('payments') ? 'StockReleased' : 'OrderReserved',
  StockRejected: 'OrderRejected',
}

/**
 * Publishes an event of an order's trail again, byte for byte as the relay published it, and waits until its consumer has
 * handled each copy. Only the consumer's log proves that: the depths of queues are approximate, and may be outdated for a
 * minute.
 */
async function repeat(event: TrailEvent, times: number): Promise<LogLine[]> {
  const correlationId = `again-${randomUUID()}`
  const { id, time, type, source, data } = event
  const metadata = { id, version: 1, time, correlationId, causationId: 'test' }
  const entry = {
    EventBusName: deployment.eventBusName,
    Source: source,
    DetailType: type,
    Detail: JSON.stringify({ metadata, data }),
  }
  // EventBridge can reject single entries of a request; all of them are equal.
  for (let left = times; left > 0;) {
    const { FailedEntryCount = 0 } = await eventBridge.send(
      new PutEventsCommand({ Entries: Array.from({ length: left }, () => entry) }),
    )
    left = FailedEntryCount
  }
  const consumer = consumers[type]
  return consumer ? handledBy(consumer, correlationId, times) : []
}

/** The emails about the order, of the deployment that has notifications. */
const noticesOf = (trail: readonly TrailEvent[]): Promise<Notice[]> =>
  Promise.all(
    trail.filter(({ type }) => consumers[type] === 'notifications-send-mail').map(({ id }) => settledNotice(id)),
  )

/**
 * Waits until the published events and their effects are handled: an order that is placed after them passes through the
 * table's stream, the bus and every queue after them.
 */
const handledUpToNow = async (token: string) => {
  // Of another SKU: without payments, the order keeps its reservation.
  const sku = await skuOf(6)
  await setStock(sku, 20)
  await endedOrder(token, sku, 1)
}

/** An order that ends soon, rejected or with a declined payment, after its last event and with its email settled. */
async function endedOrder(token: string, sku: string, quantity: number) {
  const { body } = await placeOrder(token, [{ sku, quantity }], {}, { paymentToken: 'tok_declined' })
  const order = await finished(token, body.orderId)
  const trail = await eventually(`the last event of ${order.orderId}`, async () => {
    const events = await trailOf(token, order.orderId)
    return events.some(({ type }) => type === lastEvent[events[1]?.type ?? '']) && events
  })
  return { order, trail, notices: await noticesOf(trail) }
}

const piecesOf = async (sku: string) => {
  const { available, reserved } = await stockOf(sku)
  return { available, reserved }
}

const test = testWith('inventory')

let token: string
beforeAll(async () => (token = (await sharedCustomer()).token))

test('duplicate events change nothing and send no second email', async () => {
  const sku = await skuOf(4)
  await setStock(sku, 20)
  const { order, trail, notices } = await endedOrder(token, sku, 3)
  const before = await piecesOf(sku)

  for (const event of trail) await repeat(event, 3)
  await handledUpToNow(token)

  expect(await trailOf(token, order.orderId)).toEqual(trail)
  expect(await orderOf(token, order.orderId)).toEqual(order)
  expect(await piecesOf(sku)).toEqual(before)
  expect(await noticesOf(trail)).toEqual(notices)
})

testWith('inventory', 'notifications')('an event that arrives again is no reason for a second email', async () => {
  const sku = await skuOf(4)
  await setStock(sku, 5)
  const { trail } = await endedOrder(token, sku, 1)
  const event = trail.find(({ type }) => consumers[type] === 'notifications-send-mail')!
  const notice = await noticeOf(event.id)
  expect(notice).toEqual({ status: sent, settledAt: expect.any(String) })

  const lines = await repeat(event, 3)
  const outcomes = lines.filter(({ event_id }) => event_id === event.id).flatMap(({ outcome }) => outcome ?? [])
  expect(new Set(outcomes)).toEqual(new Set(['repeated']))
  // A second email would have claimed the notice, and settled it at another time.
  expect(await noticeOf(event.id)).toEqual(notice)
})

test('events that arrive in reverse, OrderPlaced last, change nothing', async () => {
  const sku = await skuOf(4)
  await setStock(sku, 20)
  const { order, trail, notices } = await endedOrder(token, sku, 2)
  expect(trail.slice(0, 3).map(({ type }) => type)).toEqual(['OrderPlaced', 'StockReserved', 'OrderReserved'])
  const before = await piecesOf(sku)

  for (const event of trail.toReversed()) await repeat(event, 1)
  await handledUpToNow(token)

  expect(await trailOf(token, order.orderId)).toEqual(trail)
  expect(await orderOf(token, order.orderId)).toEqual(order)
  expect(await piecesOf(sku)).toEqual(before)
  expect(await noticesOf(trail)).toEqual(notices)
})

describe('a late stock event that contradicts the first', () => {
  const cases = [
    {
      stock: 'RESERVED',
      pieces: 5,
      late: 'StockRejected',
      data: (sku: string) => ({ shortages: [{ sku, requested: 1, available: 0 }] }),
    },
    {
      stock: 'REJECTED',
      pieces: 0,
      late: 'StockReserved',
      data: (sku: string) => ({ lines: [{ sku, quantity: 1 }], heldUntil: new Date().toISOString() }),
    },
  ]
  test.each(cases)('$late for an order whose stock was $stock', async ({ stock, pieces, late, data }) => {
    const sku = await skuOf(4)
    await setStock(sku, pieces)
    const { order, trail, notices } = await endedOrder(token, sku, 1)
    expect(trail[1]!.type).toBe(stock === 'RESERVED' ? 'StockReserved' : 'StockRejected')

    const [, outcome] = trail
    const id = `${late}/${order.orderId}/2`
    await repeat({ ...outcome!, id, type: late, data: { orderId: order.orderId, ...data(sku) } }, 1)
    await handledUpToNow(token)

    expect(await orderOf(token, order.orderId)).toEqual(order)
    // The trail shows the late event, and no effect of it.
    const later = await trailOf(token, order.orderId)
    expect(later.map(({ type }) => type).toSorted()).toEqual([...trail.map(({ type }) => type), late].toSorted())
    expect(await noticesOf(later)).toEqual(notices)
  })
})
