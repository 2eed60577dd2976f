import { flowsOf } from './flows.ts'
import { busEvent, captured, flow, placed, stockChanged } from './test-events.ts'

const types = (events: readonly { type: string }[]) => events.map(({ type }) => type)

test('events are grouped by order; a change of stock belongs to each order that it names', () => {
  const flows = flowsOf(flow)
  expect(flows.map(({ key }) => key).toSorted()).toEqual(['ord_1', 'ord_2'])
  expect(flows.find(({ key }) => key === 'ord_1')).toMatchObject({ isOrder: true, status: 'RESERVED' })
  expect(types(flows.find(({ key }) => key === 'ord_2')!.events)).toEqual(['StockChanged'])
})

test('the status is that of the order with the highest version, also of events out of order', () => {
  expect(flowsOf(flow.toReversed()).find(({ key }) => key === 'ord_1')!.status).toBe('RESERVED')
  expect(flowsOf([captured])[0]!.status).toBeUndefined()
})

test('an event without an order follows its cause, even if that comes later', () => {
  const low = busEvent('StockLow/MUG/7', 'inventory', 41, stockChanged.id, { sku: 'MUG' })
  const flows = flowsOf([low, stockChanged, placed])
  expect(types(flows.find(({ key }) => key === 'ord_2')!.events)).toEqual(['StockLow', 'StockChanged'])
})

test('other events are grouped by their request', () => {
  const created = busEvent('ProductCreated/mug/1', 'catalog', 10, 'request-1', { productId: 'mug' })
  const changed = busEvent('ProductChanged/mug/2', 'catalog', 20, 'ThumbnailsReady/upl_1/2', { productId: 'mug' })
  expect(flowsOf([created, changed])).toMatchObject([
    { key: 'request-1', isOrder: false, title: 'Product created', status: undefined, events: [created, changed] },
  ])
})

test('the newest flow is first', () => {
  const other = busEvent('OrderPlaced/ord_9/1', 'orders', 5000, 'request-9', { orderId: 'ord_9' })
  expect(flowsOf([...flow, other])[0]!.key).toBe('ord_9')
})

test('events that name each other as causes end in the group of their request', () => {
  const one = busEvent('A/x/1', 'a', 0, 'B/x/1', {})
  const other = busEvent('B/x/1', 'b', 1, 'A/x/1', {})
  expect(flowsOf([one, other])).toMatchObject([{ key: 'request-1', events: [one, other] }])
})
