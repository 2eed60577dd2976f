import { newId } from '#shared/ids.ts'
import { euros, sum } from '#shared/money.ts'
import { seededRandom } from '#test/support/random.ts'
import type { OrderStatus } from '../events.ts'
import { evolve, obey } from './change.ts'
import {
  address,
  cause,
  changeOf,
  circumstances,
  noon,
  obeyed,
  paymentCaptured,
  quote,
  refundOfRequest,
  shipmentCreated,
  shipmentDelivered,
  shippedOrder,
  stockReleased,
  stockReserved,
} from './order.fixture.ts'
import { createOrder, type Order } from './order.ts'
import { rebuild } from './rebuild.ts'
import { trailOf } from './trail.ts'
import type { Command, TriggerEvent } from './transitions.ts'

/** Other services of a shop, which react to the order's events; messages are delivered in any order, several times. */
describe('from any interleaving and duplication of messages', () => {
  const moves: ReadonlySet<string> = new Set([
    'PLACED→RESERVED',
    'PLACED→CANCELLED',
    'RESERVED→PAID',
    'RESERVED→CANCELLED',
    'PAID→SHIPPED',
    'PAID→CANCELLED',
    'SHIPPED→DELIVERED',
    'SHIPPED→RETURN_REQUESTED',
    'DELIVERED→RETURN_REQUESTED',
    'RETURN_REQUESTED→DELIVERED',
    'RETURN_REQUESTED→REFUNDED',
  ])
  const newOrder = () =>
    createOrder({
      orderId: newId('ord', noon),
      customerId: 'ada',
      orderType: 'standard',
      quote: quote([
        { sku: 'MUG-1', amount: 1250, quantity: 2 },
        { sku: 'TEA-1', amount: 333, quantity: 3 },
      ]),
      shippingAddress: address,
      time: noon,
      cause,
    })

  interface Run {
    readonly messages: readonly TriggerEvent[]
    readonly commands?: readonly Command[]
    readonly from: ReturnType<typeof newOrder>
    readonly seed: number
  }

  const stepsOf = (statuses: readonly OrderStatus[]) => statuses.slice(1).map((to, index) => `${statuses[index]}→${to}`)

  /** Once or twice, as a queue delivers it. */
  const deliveriesOf = <Message>(message: Message, random: ReturnType<typeof seededRandom>) =>
    random.int(0, 1) === 1 ? [message, message] : [message]

  /**
   * Delivers each message, and some again, in a random order; one that is too early is delivered later again. A refund that
   * is requested is made.
   */
  function settle({ messages, commands = [], from, seed }: Run) {
    const random = seededRandom(seed)
    const pending: (TriggerEvent | Command)[] = [
      ...messages.flatMap((message) => deliveriesOf(message, random)),
      ...commands,
    ]
    let current = from.order
    const published: { type: string; metadata: { id: string; time: string }; data: object }[] = [from.event]
    const statuses: OrderStatus[] = [current.status]
    for (let step = 0; pending.length > 0; step += 1) {
      expect(step).toBeLessThan(10_000)
      const [next] = pending.splice(random.int(0, pending.length - 1), 1)
      const at = circumstances(new Date(noon.getTime() + step * 1000))
      if ('metadata' in next!) {
        const evolved = evolve(current, next, at)
        if (evolved.kind === 'retried') pending.push(next)
        if ('order' in evolved) current = evolved.order
        if (evolved.kind === 'applied') published.push(evolved.event)
      } else {
        const outcome = obey(current, next!, { actor: 'customer', cause, ...at })
        if (outcome.ok) {
          current = outcome.value.order
          published.push(outcome.value.event)
        }
        if (outcome.ok && next!.type === 'refund') pending.push(...deliveriesOf(refundOfRequest(current), random))
      }
      if (current.status !== statuses.at(-1)) statuses.push(current.status)
    }
    return { order: current, published, statuses }
  }

  const seeds = Array.from({ length: 300 }, (_, seed) => seed)

  test('a paid order is DELIVERED, its events rebuild it, and its trail has all of them', () => {
    for (const seed of seeds) {
      const from = newOrder()
      const messages = [stockReserved, paymentCaptured, shipmentCreated, shipmentDelivered].map((make) =>
        make(from.order),
      )
      const run = settle({ messages, from, seed })
      expect(run.statuses).toEqual(['PLACED', 'RESERVED', 'PAID', 'SHIPPED', 'DELIVERED'])
      const ids = run.published.map(({ metadata }) => metadata.id)
      const own = trailOf(run.order).filter(({ source }) => source === 'orders.app')
      expect(own.map(({ id }) => id)).toEqual(ids)
      expect(own.map(({ data }) => data)).toEqual(run.published.map(({ data }) => data))
      expect(trailOf(run.order)).toHaveLength(ids.length + messages.length)
      expectRebuilt(run.order, run.published, seed)
    }
  })

  test('an order that is cancelled at any time moves along the diagram, and never once it is CANCELLED', () => {
    for (const seed of seeds) {
      const from = newOrder()
      const messages = [
        stockReserved(from.order),
        paymentCaptured(from.order),
        shipmentCreated(from.order),
        shipmentDelivered(from.order),
        stockReleased(from.order, 'cancelled'),
      ]
      const run = settle({ messages, commands: [{ type: 'cancel' }], from, seed })
      expect(stepsOf(run.statuses).filter((step) => !moves.has(step))).toEqual([])
      expect(['CANCELLED', 'DELIVERED']).toContain(run.statuses.at(-1))
      expect(run.order.trail.filter(({ received }) => received)).toHaveLength(messages.length)
      expectRebuilt(run.order, run.published, seed)
    }
  })

  test('a shipped order is delivered once, whenever its pieces are sent back, refunded or rejected', () => {
    const outcomes = new Set<string>()
    for (const seed of seeds) {
      const { order: start, event } = newOrder()
      const from = { order: shippedOrder(start), event }
      const returns: Command[] = start.items.flatMap(({ sku, quantity }) => [
        { type: 'requestReturn', items: [{ sku, quantity }], reason: 'x' },
        { type: 'refund' },
        { type: 'rejectReturn', reason: 'y' },
      ])
      const messages = [shipmentDelivered(start)]
      const run = settle({ messages, commands: [...returns, ...returns, { type: 'markDelivered' }], from, seed })
      expect(stepsOf(run.statuses).filter((step) => !moves.has(step))).toEqual([])
      const deliveries = trailOf(run.order).filter(
        ({ type, data }) => type === 'OrderDelivered' && data['reason'] !== 'return-rejected',
      )
      expect(deliveries.length).toBe(run.order.deliveredAt === undefined ? 0 : 1)
      if (run.order.status !== 'REFUNDED') expect(run.order.deliveredAt).toBe(deliveries[0]!.time)
      for (const { data } of deliveries) outcomes.add(`delivered: ${String(data['status'])}`)
      outcomes.add(`${run.order.status}${run.order.deliveredAt === undefined ? ', never delivered' : ''}`)
      const earlier = trailOf(from.order).filter(({ source }) => source === 'orders.app')
      const published = earlier.map(({ id, time: at, ...of }) => ({ ...of, metadata: { id, time: at } }))
      expectRebuilt(run.order, [...published, ...run.published.slice(1)], seed)
    }
    expect([...outcomes].toSorted()).toEqual([
      'DELIVERED',
      'REFUNDED',
      'REFUNDED, never delivered',
      'RETURN_REQUESTED',
      'delivered: DELIVERED',
      'delivered: RETURN_REQUESTED',
    ])
  })

  test('returns in any portions refund exactly the total, and the events rebuild each state', () => {
    for (const seed of seeds.slice(0, 100)) {
      const random = seededRandom(seed)
      const from = newOrder()
      const published: { type: string; metadata: { id: string; time: string }; data: object }[] = [from.event]
      const keep = <Change extends { order: Order; event: (typeof published)[number] }>(change: Change) => {
        published.push(change.event)
        return change.order
      }
      let current = from.order
      for (const make of [stockReserved, paymentCaptured, shipmentCreated, shipmentDelivered])
        current = keep(changeOf(current, make(current)))
      for (let round = 0; current.status !== 'REFUNDED'; round += 1) {
        expect(round).toBeLessThan(20)
        const left = current.items.flatMap(({ sku, quantity }) => {
          const back = (current.returned ?? []).find((pieces) => pieces.sku === sku)?.quantity ?? 0
          return quantity > back ? [{ sku, quantity: random.int(1, quantity - back) }] : []
        })
        current = keep(obeyed(current, { type: 'requestReturn', items: [random.pick(left)], reason: 'x' }))
        if (random.int(0, 3) === 0) {
          current = keep(obeyed(current, { type: 'rejectReturn', reason: 'y' }))
          continue
        }
        current = keep(obeyed(current, { type: 'refund' }))
        current = keep(changeOf(current, refundOfRequest(current)))
      }
      expect(current.refunded).toEqual(current.total)
      expect(
        sum(
          published.map(({ data }) =>
            'refund' in data && 'refunded' in data ? (data as any).refund.amount : euros(0),
          ),
        ),
      ).toEqual(euros(2 * current.total.amount))
      expectRebuilt(current, published, seed)
    }
  })

  /** From the events in any order, some of them repeated. */
  function expectRebuilt(current: Order, published: readonly any[], seed: number) {
    const random = seededRandom(seed)
    const events = [...published, random.pick(published)].toSorted(() => random.int(-1, 1))
    const { shippingAddress: _address, trail: _trail, ...expected } = current
    expect(rebuild(events)).toEqual(expected)
  }
})
