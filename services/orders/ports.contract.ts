import { newId } from '#shared/ids.ts'
import { euros } from '#shared/money.ts'
import type { CountedRequest } from '#shared/rate-limit.ts'
import { changeOf, ignoredBy, noon, obeyed, placed, stockRejected, stockReserved } from './domain/order.fixture.ts'
import { trailOf } from './domain/trail.ts'
import { PlacedOrder, type Order } from './domain/order.ts'
import { listKey } from './keys.ts'
import type { Customers, OrderReader, Placement, Placements, RequestedChanges } from './ports.ts'

/** The contracts of the adapters of each port. `create` returns empty adapters. */

export interface CustomersWorld {
  readonly customers: Customers
  /** The state of the customer with the token `token`, or of users. */
  setState(state: 'registered' | 'deleted' | 'token expired' | 'throttled' | 'failing'): void
}

export function customersContract(create: () => Promise<CustomersWorld>) {
  const cause = { correlationId: 'c', causationId: 'r' }

  test.each([
    ['registered', true],
    ['deleted', false],
  ] as const)('a customer who is %s has a profile afterwards: %j', async (state, registered) => {
    const { customers, setState } = await create()
    setState(state)
    expect(await customers.register('token', cause)).toBe(registered)
  })

  test.each(['token expired', 'throttled', 'failing'] as const)(
    'while the state is %s, a registration is an error',
    async (state) => {
      const { customers, setState } = await create()
      setState(state)
      await expect(customers.register('token', cause)).rejects.toThrow()
    },
  )
}

export interface OrdersWorld {
  readonly placements: Placements
  readonly changes: RequestedChanges
  readonly reader: OrderReader
  register(customerId: string): Promise<void>
}

const rate = (requests: number, minute = '2026-11-20T12:00'): CountedRequest => ({
  window: { minute, requests },
  limitPerMinute: 3,
})

let minutes = 0
/** So that the orders of a test fit whichever come before them. */
const firstOfAMinute = (): CountedRequest =>
  rate(1, new Date(noon.getTime() + (minutes += 1) * 60_000).toISOString().slice(0, 16))

export const placement = (about: { customerId?: string; time?: Date; rate?: CountedRequest } = {}): Placement => ({
  ...placed(about),
  paymentToken: 'tok_ok',
  rate: about.rate ?? firstOfAMinute(),
})

const customerOf = async (placements: Placements) =>
  (await placements.read({ customerId: 'ada', skus: ['MUG'], consistent: true })).customer

export function placementsContract(create: () => Promise<OrdersWorld>) {
  test('a placed order is found, with its event in the trail', async () => {
    const { placements, reader, register } = await create()
    await register('ada')
    const wanted = placement()
    expect(await placements.place(wanted)).toEqual({ kind: 'placed' })
    expect(await reader.find(wanted.order.orderId)).toEqual(wanted.order)
    expect(trailOf(wanted.order)).toMatchObject([{ id: wanted.event.metadata.id, data: wanted.event.data }])
  })

  test('an order of a customer without a profile is not placed', async () => {
    const { placements, reader } = await create()
    const wanted = placement()
    expect(await customerOf(placements)).toEqual({ kind: 'no-profile' })
    expect(await placements.place(wanted)).toEqual({ kind: 'contended' })
    expect(await reader.find(wanted.order.orderId)).toBeUndefined()
    expect(await placements.find(wanted.order.orderId)).toBeUndefined()
  })

  test("an order is counted in the customer's window", async () => {
    const { placements, register } = await create()
    await register('ada')
    expect(await customerOf(placements)).toEqual({ kind: 'customer' })
    for (const counted of [rate(1), rate(2), rate(3), rate(1, '2026-11-20T12:01')]) {
      expect(await placements.place(placement({ rate: counted }))).toEqual({ kind: 'placed' })
      expect(await customerOf(placements)).toEqual({ kind: 'customer', window: counted.window })
    }
  })

  test.each([
    ['another order began the minute', rate(1)],
    ['the minute is over', rate(2, '2026-11-20T11:59')],
    ['other orders used up the minute', rate(3)],
  ])('an order whose window was read before %s is contended, and not placed', async (_, counted) => {
    const { placements, reader, register } = await create()
    await register('ada')
    for (const requests of [1, 2, 3]) await placements.place(placement({ rate: rate(requests) }))
    const late = placement({ rate: counted })
    expect(await placements.place(late)).toEqual({ kind: 'contended' })
    expect(await reader.find(late.order.orderId)).toBeUndefined()
  })

  test('an id that an order has returns what it was placed with, and places no order', async () => {
    const { placements, changes, reader, register } = await create()
    await register('ada')
    const { order, ...first } = placement()
    await placements.place({ ...first, order: { ...order, fingerprint: 'first' } })
    const change = changeOf((await changes.find(order.orderId))!, stockReserved(order))
    await changes.save(change)
    const again = placement({ time: new Date(noon.getTime() + 1000) })
    const outcome = await placements.place({ ...again, order: { ...again.order, orderId: order.orderId } })
    const existing = { ...PlacedOrder.parse(order), fingerprint: 'first' }
    expect(outcome).toEqual({ kind: 'exists', order: existing })
    expect(await placements.find(order.orderId)).toEqual(existing)
    expect(await reader.find(order.orderId)).toEqual(change.order)
  })
}

const cancelRequest = (key: string, fingerprint = 'hash') => ({
  userId: 'ada',
  operation: 'cancelOrder',
  key,
  fingerprint,
})

export function orderChangesContract(create: () => Promise<OrdersWorld>) {
  const withOrder = async () => {
    const world = await create()
    await world.register('ada')
    const { order } = await placeOne(world)
    return { ...world, order }
  }

  test('every field of the changed order is stored, and it stays in the lists', async () => {
    const { changes, reader, order } = await withOrder()
    const change = changeOf(order, stockReserved(order))
    const changed = { ...change.order, refunded: euros(99) }
    expect(await changes.save({ ...change, order: changed })).toBe('saved')
    expect(await changes.find(order.orderId)).toEqual(changed)
    expect((await reader.ofCustomer('ada', { size: 1 })).orders).toEqual([changed])
    expect((await reader.recent(noon, { size: 1 })).orders).toEqual([changed])
  })

  test('a change of an order that has changed since it was read is stale and not stored', async () => {
    const { changes, order } = await withOrder()
    const first = changeOf(order, stockRejected(order))
    await changes.save(first)
    expect(await changes.save(changeOf(order, stockReserved(order)))).toBe('stale')
    expect(await changes.find(order.orderId)).toEqual(first.order)
  })

  test('a change is stale after an event that was recorded and changed nothing else', async () => {
    const { changes, order } = await withOrder()
    const cancelled = obeyed(order, { type: 'cancel' })
    await changes.save(cancelled)
    const late = ignoredBy(cancelled.order, stockReserved(order))
    expect(await changes.save(late)).toBe('saved')
    expect(await changes.save(ignoredBy(cancelled.order, stockRejected(order)))).toBe('stale')
    expect(await changes.find(order.orderId)).toEqual(late.order)
  })

  test('an unknown order is not found', async () => {
    const { changes } = await create()
    expect(await changes.find(newId('ord', noon))).toBeUndefined()
  })

  describe('with a response', () => {
    const response = { status: 200, headers: {}, body: { version: 2 } }

    test('change and response are stored together; a used key changes nothing', async () => {
      const { changes, order } = await withOrder()
      const write = obeyed(order, { type: 'cancel' })
      expect(await changes.saveWithResponse({ write, request: cancelRequest('k'), response }, noon)).toBe('saved')
      expect(await changes.find(order.orderId)).toEqual(write.order)
      const stored = { ...response, fingerprint: 'hash' }
      expect(await changes.findResponse(cancelRequest('k'), noon)).toEqual(stored)

      const other = ignoredBy(write.order, stockReserved(order))
      const again = { write: other, request: cancelRequest('k', 'other'), response }
      expect(await changes.saveWithResponse(again, noon)).toEqual({ kind: 'key-used', stored })
      expect(await changes.find(order.orderId)).toEqual(write.order)
    })

    test('a stale change stores no response', async () => {
      const { changes, order } = await withOrder()
      await changes.save(changeOf(order, stockReserved(order)))
      const write = obeyed(order, { type: 'cancel' })
      expect(await changes.saveWithResponse({ write, request: cancelRequest('k'), response }, noon)).toBe('stale')
      expect(await changes.findResponse(cancelRequest('k'), noon)).toBeUndefined()
    })
  })
}

async function placeOne({ placements }: OrdersWorld, about: { customerId?: string; time?: Date } = {}) {
  const wanted = placement(about)
  expect(await placements.place(wanted)).toEqual({ kind: 'placed' })
  return wanted
}

const minute = (count: number) => new Date(noon.getTime() + count * 60_000)
/** @returns the orders, newest first */
const placeEach = async (world: OrdersWorld, times: Date[], customerId = 'ada') => {
  await world.register(customerId)
  const orders: Order[] = []
  for (const time of times) orders.push((await placeOne(world, { customerId, time })).order)
  return orders.toReversed()
}
const idsOf = (orders: readonly { orderId: string }[]) => orders.map(({ orderId }) => orderId)

export function orderReaderContract(create: () => Promise<OrdersWorld>) {
  test('a customer’s own orders are listed newest first, page by page', async () => {
    const world = await create()
    const newestFirst = await placeEach(world, [0, 1, 2, 3, 4].map(minute))
    await placeEach(world, [minute(2)], 'bob')
    const first = await world.reader.ofCustomer('ada', { size: 3 })
    expect([first.orders, first.more]).toEqual([newestFirst.slice(0, 3), true])
    const second = await world.reader.ofCustomer('ada', { size: 3, after: listKey(newestFirst[2]!) })
    expect([second.orders, second.more]).toEqual([newestFirst.slice(3), false])
    expect(await world.reader.ofCustomer('carl', { size: 3 })).toEqual({ orders: [], more: false })
  })

  test('a page that ends with the last order reports no further page', async () => {
    const world = await create()
    await placeEach(world, [0, 1].map(minute))
    expect((await world.reader.ofCustomer('ada', { size: 2 })).more).toBe(false)
    expect((await world.reader.recent(noon, { size: 2 })).more).toBe(false)
  })

  test('all customers’ orders are listed newest first, until a year has none', async () => {
    const world = await create()
    const times = ['2023-10-31T23:59:59Z', '2024-12-01T00:00:00Z', '2025-11-15T00:00:00Z', '2026-10-31T23:59:59Z']
    const older = await placeEach(
      world,
      times.map((time) => new Date(time)),
      'ada',
    )
    const november = await placeEach(world, [...Array(20).keys()].map(minute), 'bob')
    const all = [...november, ...older.slice(0, 3)]

    const seen: Order[] = []
    for (let more = true; more;) {
      const page = await world.reader.recent(minute(30), {
        size: 6,
        after: seen.length > 0 ? listKey(seen.at(-1)!) : undefined,
      })
      seen.push(...page.orders)
      more = page.more
    }
    expect(idsOf(seen)).toEqual(idsOf(all))
    expect(idsOf((await world.reader.recent(minute(30), { size: 100 })).orders)).toEqual(idsOf(all))
  })

  test('the orders placed in a time are read oldest first, page by page, over the end of a month', async () => {
    const world = await create()
    const end = Date.parse('2026-10-31T23:59:30Z')
    const times = Array.from({ length: 130 }, (_, index) => new Date(end + index * 500))
    const oldestFirst = (await placeEach(world, times)).toReversed()
    const pages: string[][] = []
    for await (const page of world.reader.placedBetween(times[3]!, times[127]!)) pages.push(idsOf([...page]))
    expect(pages.flat()).toEqual(idsOf(oldestFirst.slice(3, 127)))
    for (const page of pages) expect(page.length).toBeLessThanOrEqual(100)
    for await (const page of world.reader.placedBetween(minute(-60), minute(-59))) expect(page).toEqual([])
  })

  test('an unknown order is not found', async () => {
    const { reader } = await create()
    expect(await reader.find(newId('ord', noon))).toBeUndefined()
  })
}
