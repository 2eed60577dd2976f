import { newId } from '#shared/ids.ts'
import { euros } from '#shared/money.ts'
import type { CountedRequest } from '#shared/rate-limit.ts'
import { changeOf, noon, placed, stockRejected, stockReserved } from './domain/order.fixture.ts'
import type { Customers, OrderChanges, OrderReader, Placement, Placements } from './ports.ts'

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
  readonly changes: OrderChanges
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

export const placement = (
  about: { customerId?: string; time?: Date; key?: string; hash?: string; rate?: CountedRequest } = {},
): Placement => {
  const { order, event } = placed(about)
  const request = {
    userId: order.customerId,
    operation: 'placeOrder',
    key: about.key ?? newId('key', noon),
    fingerprint: about.hash ?? 'hash',
  }
  const answer = { status: 201, headers: {}, body: order.orderId }
  return { order, event, paymentToken: 'tok_ok', request, answer, rate: about.rate ?? firstOfAMinute() }
}

export function placementsContract(create: () => Promise<OrdersWorld>) {
  test('a placed order is found, with its event in the trail', async () => {
    const { placements, reader, register } = await create()
    await register('ada')
    const wanted = placement()
    expect(await placements.place(wanted)).toEqual({ kind: 'placed' })
    expect(await reader.find(wanted.order.orderId)).toEqual(wanted.order)
    expect(await reader.trail(wanted.order.orderId)).toEqual([wanted.event])
  })

  test('an order of a customer without a profile is not placed', async () => {
    const { placements, reader } = await create()
    const wanted = placement()
    expect(await placements.rateOf('ada')).toEqual({ kind: 'no-profile' })
    expect(await placements.place(wanted)).toEqual({ kind: 'contended' })
    expect(await reader.find(wanted.order.orderId)).toBeUndefined()
    expect(await placements.findAnswer(wanted.request, noon)).toBeUndefined()
  })

  test("an order is counted in the customer's window", async () => {
    const { placements, register } = await create()
    await register('ada')
    expect(await placements.rateOf('ada')).toEqual({ kind: 'customer' })
    for (const counted of [rate(1), rate(2), rate(3), rate(1, '2026-11-20T12:01')]) {
      expect(await placements.place(placement({ rate: counted }))).toEqual({ kind: 'placed' })
      expect(await placements.rateOf('ada')).toEqual({ kind: 'customer', window: counted.window })
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

  test('a used key returns the stored response and places no order', async () => {
    const { placements, reader, register } = await create()
    await register('ada')
    const first = placement({ key: 'k', hash: 'first' })
    const second = placement({ key: 'k', hash: 'second' })
    await placements.place(first)
    const stored = { ...first.answer, fingerprint: 'first' }
    expect(await placements.place(second)).toEqual({ kind: 'key-used', stored })
    expect(await reader.find(second.order.orderId)).toBeUndefined()
    expect(await placements.findAnswer(second.request, noon)).toEqual(stored)
    const afterSevenDays = new Date(noon.getTime() + 7 * 24 * 60 * 60 * 1000)
    expect(await placements.findAnswer(second.request, afterSevenDays)).toBeUndefined()
  })
}

export function orderChangesContract(create: () => Promise<OrdersWorld>) {
  const withOrder = async () => {
    const world = await create()
    await world.register('ada')
    const { order } = await placeOne(world)
    return { ...world, order }
  }

  test.each([
    ['StockReserved', stockReserved],
    ['StockRejected', stockRejected],
  ])('the change by %s is stored, with the trigger before the resulting event', async (_, triggerFor) => {
    const { changes, reader, order } = await withOrder()
    const change = changeOf(order, triggerFor(order))
    expect(await changes.record(change)).toBe('recorded')
    expect(await changes.find(order.orderId)).toEqual(change.evolved.order)
    expect((await reader.trail(order.orderId)).slice(1)).toEqual([change.trigger, change.evolved.event])
  })

  test('every field of the changed order is stored, and it stays in the lists', async () => {
    const { changes, reader, order } = await withOrder()
    const { evolved, ...change } = changeOf(order, stockReserved(order))
    const refundedOrder = { ...evolved.order, refunded: euros(99) }
    await changes.record({ ...change, evolved: { ...evolved, order: refundedOrder } })
    expect(await changes.find(order.orderId)).toEqual(refundedOrder)
    expect((await reader.ofCustomer('ada', { size: 1 })).orders).toEqual([refundedOrder])
    expect((await reader.recent(noon, { size: 1 })).orders).toEqual([refundedOrder])
  })

  test('the same trigger again changes nothing', async () => {
    const { changes, reader, order } = await withOrder()
    const change = changeOf(order, stockReserved(order))
    await changes.record(change)
    const before = await reader.trail(order.orderId)
    expect(await changes.record(change)).toBe('already-recorded')
    expect(await reader.trail(order.orderId)).toEqual(before)
  })

  test('a change of an order that has changed since it was read is stale and not recorded', async () => {
    const { changes, reader, order } = await withOrder()
    await changes.record(changeOf(order, stockRejected(order)))
    expect(await changes.record(changeOf(order, stockReserved(order)))).toBe('stale')
    expect((await reader.trail(order.orderId)).map(({ type }) => type)).not.toContain('StockReserved')
  })

  test('an ignored trigger is recorded in the trail and does not change the order', async () => {
    const { changes, reader, order } = await withOrder()
    const ignored = { from: order, trigger: stockReserved(order), evolved: { kind: 'ignored' }, time: noon } as const
    expect(await changes.record(ignored)).toBe('recorded')
    expect(await changes.record(ignored)).toBe('already-recorded')
    expect(await changes.find(order.orderId)).toEqual(order)
    expect((await reader.trail(order.orderId)).map(({ type }) => type)).toEqual(['OrderPlaced', 'StockReserved'])
  })

  test('triggers that were received at one version are in the order of arrival', async () => {
    const { changes, reader, order } = await withOrder()
    const ignored = { from: order, evolved: { kind: 'ignored' } } as const
    await changes.record({ ...ignored, trigger: stockReserved(order), time: minute(1) })
    await changes.record({ ...ignored, trigger: stockRejected(order), time: minute(2) })
    const types = (await reader.trail(order.orderId)).map(({ type }) => type)
    expect(types).toEqual(['OrderPlaced', 'StockReserved', 'StockRejected'])
  })

  test('an unknown order is not found', async () => {
    const { changes } = await create()
    expect(await changes.find(newId('ord', noon))).toBeUndefined()
  })
}

async function placeOne({ placements }: OrdersWorld, about: { customerId?: string; time?: Date } = {}) {
  const wanted = placement(about)
  expect(await placements.place(wanted)).toEqual({ kind: 'placed' })
  return wanted
}

const minute = (count: number) => new Date(noon.getTime() + count * 60_000)
const placeEach = async (world: OrdersWorld, times: Date[], customerId = 'ada') => {
  await world.register(customerId)
  const ids: string[] = []
  for (const time of times) ids.push((await placeOne(world, { customerId, time })).order.orderId)
  return ids.toReversed()
}
const idsOf = (orders: { orderId: string }[]) => orders.map(({ orderId }) => orderId)

export function orderReaderContract(create: () => Promise<OrdersWorld>) {
  test('a customer’s own orders are listed newest first, page by page', async () => {
    const world = await create()
    const newestFirst = await placeEach(world, [0, 1, 2, 3, 4].map(minute))
    await placeEach(world, [minute(2)], 'bob')
    const first = await world.reader.ofCustomer('ada', { size: 3 })
    expect([idsOf(first.orders), first.more]).toEqual([newestFirst.slice(0, 3), true])
    const second = await world.reader.ofCustomer('ada', { size: 3, after: newestFirst[2] })
    expect([idsOf(second.orders), second.more]).toEqual([newestFirst.slice(3), false])
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

    const seen: string[] = []
    for (let more = true; more;) {
      const page = await world.reader.recent(minute(30), { size: 6, after: seen.at(-1) })
      seen.push(...idsOf(page.orders))
      more = page.more
    }
    expect(seen).toEqual(all)
    expect(idsOf((await world.reader.recent(minute(30), { size: 100 })).orders)).toEqual(all)
  })

  test('the orders placed in a time are read oldest first, page by page, over the end of a month', async () => {
    const world = await create()
    const end = Date.parse('2026-10-31T23:59:30Z')
    const times = Array.from({ length: 130 }, (_, index) => new Date(end + index * 500))
    const oldestFirst = (await placeEach(world, times)).toReversed()
    const pages: string[][] = []
    for await (const page of world.reader.placedBetween(times[3]!, times[127]!)) pages.push(idsOf([...page]))
    expect(pages.flat()).toEqual(oldestFirst.slice(3, 127))
    for (const page of pages) expect(page.length).toBeLessThanOrEqual(100)
    for await (const page of world.reader.placedBetween(minute(-60), minute(-59))) expect(page).toEqual([])
  })

  test('an unknown order is not found and has no trail', async () => {
    const { reader } = await create()
    expect(await reader.find(newId('ord', noon))).toBeUndefined()
    expect(await reader.trail(newId('ord', noon))).toEqual([])
  })
}
