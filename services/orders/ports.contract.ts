import { newId } from '#shared/ids.ts'
import { applyStockAnswer } from './domain/apply-stock-answer.ts'
import { noon, offer, placed, stockRejected, stockReserved } from './domain/order.fixture.ts'
import type { OrderChanges, OrderReader, Placement, Placements, PriceList } from './ports.ts'

/** What every adapter of a port of orders must do. A world is fresh and empty for each test. */
export interface PriceListWorld {
  readonly prices: PriceList
  stockProduct(product: { sku: string; amount: number; status: 'active' | 'archived' }): Promise<void>
}

export function priceListContract(create: () => Promise<PriceListWorld>) {
  test('what is sold is offered; archived and unknown SKUs are not', async () => {
    const { prices, stockProduct } = await create()
    await stockProduct({ sku: 'MUG', amount: 1250, status: 'active' })
    await stockProduct({ sku: 'OLD', amount: 100, status: 'archived' })
    const offers = await prices.offers(['MUG', 'OLD', 'NEVER'])
    expect([...offers]).toEqual([['MUG', offer('MUG', 1250)]])
  })

  test('fifty SKUs are read at once', async () => {
    const { prices, stockProduct } = await create()
    const skus = Array.from({ length: 50 }, (_, index) => `SKU-${index}`)
    await Promise.all(skus.map((sku) => stockProduct({ sku, amount: 1, status: 'active' })))
    expect([...(await prices.offers(skus)).keys()].toSorted()).toEqual(skus.toSorted())
  })
}

export interface OrdersWorld {
  readonly placements: Placements
  readonly changes: OrderChanges
  readonly reader: OrderReader
  register(customerId: string): Promise<void>
}

export const placement = (about: { customerId?: string; time?: Date; key?: string; hash?: string } = {}): Placement => {
  const { order, event } = placed(about)
  const request = {
    userId: order.customerId,
    operation: 'placeOrder',
    key: about.key ?? newId('key', noon),
    fingerprint: about.hash ?? 'hash',
  }
  return { order, event, paymentToken: 'tok_ok', request, answer: { status: 201, headers: {}, body: order.orderId } }
}

export function placementsContract(create: () => Promise<OrdersWorld>) {
  test('a placed order can be read, with its event in the trail', async () => {
    const { placements, reader, register } = await create()
    await register('ada')
    const wanted = placement()
    expect(await placements.place(wanted)).toEqual({ kind: 'placed' })
    expect(await reader.find(wanted.order.orderId)).toEqual(wanted.order)
    expect(await reader.trail(wanted.order.orderId)).toEqual([wanted.event])
  })

  test('without a profile nothing is placed', async () => {
    const { placements, reader } = await create()
    const wanted = placement()
    expect(await placements.place(wanted)).toEqual({ kind: 'no-profile' })
    expect(await reader.find(wanted.order.orderId)).toBeUndefined()
    expect(await placements.findAnswer(wanted.request, noon)).toBeUndefined()
  })

  test('a key that was used returns the stored answer and places nothing', async () => {
    const { placements, reader, register } = await create()
    await register('ada')
    const first = placement({ key: 'k', hash: 'first' })
    const second = placement({ key: 'k', hash: 'second' })
    await placements.place(first)
    const stored = { ...first.answer, fingerprint: 'first' }
    expect(await placements.place(second)).toEqual({ kind: 'key-used', stored })
    expect(await reader.find(second.order.orderId)).toBeUndefined()
    expect(await placements.findAnswer(second.request, noon)).toEqual(stored)
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
    ['reserved', stockReserved],
    ['rejected', stockRejected],
  ])('a %s order is kept with the answer before what it led to', async (_, answerFor) => {
    const { changes, reader, order } = await withOrder()
    const answer = answerFor(order)
    const decision = applyStockAnswer(order, answer, noon)
    if (decision.kind !== 'changed') throw new Error('The order did not change.')
    expect(await changes.record({ from: order, answer, decision, time: noon })).toBe('recorded')
    expect(await changes.load(order.orderId)).toEqual(decision.order)
    expect((await reader.trail(order.orderId)).slice(1)).toEqual([answer, decision.event])
  })

  test('the same answer again changes nothing', async () => {
    const { changes, reader, order } = await withOrder()
    const answer = stockReserved(order)
    const change = { from: order, answer, decision: applyStockAnswer(order, answer, noon), time: noon }
    await changes.record(change)
    const before = await reader.trail(order.orderId)
    expect(await changes.record(change)).toBe('already-recorded')
    expect(await reader.trail(order.orderId)).toEqual(before)
  })

  test('a decision on an order that changed meanwhile is stale and leaves no mark', async () => {
    const { changes, reader, order } = await withOrder()
    const [late, early] = [stockReserved(order), stockRejected(order)]
    await changes.record({ from: order, answer: early, decision: applyStockAnswer(order, early, noon), time: noon })
    const decision = applyStockAnswer(order, late, noon)
    expect(await changes.record({ from: order, answer: late, decision, time: noon })).toBe('stale')
    expect((await reader.trail(order.orderId)).map(({ type }) => type)).not.toContain('StockReserved')
  })

  test('an ignored answer stands in the trail and leaves the order as it was', async () => {
    const { changes, reader, order } = await withOrder()
    const answer = stockReserved(order)
    const ignored = { from: order, answer, decision: { kind: 'ignored' }, time: noon } as const
    expect(await changes.record(ignored)).toBe('recorded')
    expect(await changes.record(ignored)).toBe('already-recorded')
    expect(await changes.load(order.orderId)).toEqual(order)
    expect((await reader.trail(order.orderId)).map(({ type }) => type)).toEqual(['OrderPlaced', 'StockReserved'])
  })

  test('an order that was never placed is not there', async () => {
    const { changes } = await create()
    expect(await changes.load(newId('ord', noon))).toBeUndefined()
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
  test('a customer’s orders come newest first, page by page, and nobody else’s', async () => {
    const world = await create()
    const newestFirst = await placeEach(world, [0, 1, 2, 3, 4].map(minute))
    await placeEach(world, [minute(2)], 'bob')
    const first = await world.reader.ofCustomer('ada', { size: 3 })
    expect([idsOf(first.orders), first.more]).toEqual([newestFirst.slice(0, 3), true])
    const second = await world.reader.ofCustomer('ada', { size: 3, after: newestFirst[2] })
    expect([idsOf(second.orders), second.more]).toEqual([newestFirst.slice(3), false])
    expect(await world.reader.ofCustomer('carl', { size: 3 })).toEqual({ orders: [], more: false })
  })

  test('a page that takes exactly the last order says that there are no more', async () => {
    const world = await create()
    await placeEach(world, [0, 1].map(minute))
    expect((await world.reader.ofCustomer('ada', { size: 2 })).more).toBe(false)
    expect((await world.reader.recent(noon, { size: 2 })).more).toBe(false)
  })

  test('everybody’s orders come newest first over the months, and none older than a year’s', async () => {
    const world = await create()
    const times = ['2025-11-30T23:59:59Z', '2025-12-01T00:00:00Z', '2026-06-15T00:00:00Z', '2026-10-31T23:59:59Z']
    const [october, june, december] = await placeEach(
      world,
      times.map((time) => new Date(time)),
      'ada',
    )
    const november = await placeEach(world, [...Array(20).keys()].map(minute), 'bob')
    const all = [...november, october, june, december]

    const seen: string[] = []
    for (let more = true; more;) {
      const page = await world.reader.recent(minute(30), { size: 6, after: seen.at(-1) })
      seen.push(...idsOf(page.orders))
      more = page.more
    }
    expect(seen).toEqual(all)
    expect(idsOf((await world.reader.recent(minute(30), { size: 100 })).orders)).toEqual(all)
  })

  test('an order that was never placed has no trail', async () => {
    const { reader } = await create()
    expect(await reader.find(newId('ord', noon))).toBeUndefined()
    expect(await reader.trail(newId('ord', noon))).toEqual([])
  })
}
