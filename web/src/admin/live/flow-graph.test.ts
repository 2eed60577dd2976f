import { graphOf } from './flow-graph.ts'
import { busEvent, captured, flow, placed, reserved, stockChanged, stockReserved } from './test-events.ts'

const rowsOf = (events: Parameters<typeof graphOf>[0]) =>
  Object.fromEntries(graphOf(events).nodes.map(({ event, row }) => [event.type, row]))

test('each event is in the lane of its service, below its cause and alone in its place', () => {
  const { lanes, nodes, rows } = graphOf(flow)
  expect(lanes).toEqual(['inventory', 'orders', 'payments'])
  expect(nodes.map(({ event, lane, row }) => [event.type, lanes[lane], row])).toEqual([
    ['OrderPlaced', 'orders', 0],
    ['StockReserved', 'inventory', 1],
    ['StockChanged', 'inventory', 2],
    ['OrderReserved', 'orders', 2],
    ['PaymentCaptured', 'payments', 3],
  ])
  expect(rows).toBe(4)
})

test('the graph does not depend on the order in which the events came, nor on duplicates', () => {
  const expected = rowsOf(flow)
  expect(rowsOf(flow.toReversed())).toEqual(expected)
  expect(rowsOf([captured, placed, captured, stockChanged, reserved, stockReserved, placed])).toEqual(expected)
})

test('edges lead from causes to effects, with the time between them', () => {
  const { edges, nodes } = graphOf(flow)
  expect(edges.map(({ from, to }) => `${from.event.type} → ${to.event.type}`)).toEqual([
    'OrderPlaced → StockReserved',
    'OrderPlaced → StockChanged',
    'StockReserved → OrderReserved',
    'OrderReserved → PaymentCaptured',
  ])
  expect(nodes.map(({ sinceStartMs, sinceCauseMs }) => [sinceStartMs, sinceCauseMs])).toEqual([
    [0, undefined],
    [40, 40],
    [40, 40],
    [90, 50],
    [130, 40],
  ])
})

test('an event whose cause is missing has no edge, and is distinguished from one that a request caused', () => {
  const { edges, nodes } = graphOf([placed, captured])
  expect(edges).toEqual([])
  expect(nodes.map(({ cause }) => cause)).toEqual(['request', 'unknown'])
})

test('two branches of the same cause stay beside each other, and a later request begins below them', () => {
  const shipped = busEvent('ShipmentCreated/shp_1/1', 'shipping', 200, placed.id)
  const returned = busEvent('ReturnRequested/ord_1/6', 'orders', 900, 'request-2')
  expect(rowsOf([placed, stockReserved, shipped, returned])).toEqual({
    OrderPlaced: 0,
    StockReserved: 1,
    ShipmentCreated: 1,
    ReturnRequested: 1,
  })
  expect(rowsOf([placed, returned])).toEqual({ OrderPlaced: 0, ReturnRequested: 1 })
})

test('an effect with an earlier time than its cause, from another clock, is still below it', () => {
  const early = busEvent('StockReserved/ord_1/1', 'inventory', -3, placed.id)
  expect(rowsOf([early, placed])).toEqual({ OrderPlaced: 0, StockReserved: 1 })
})

test('services that are not part of an order have lanes, too, and causes in a circle end', () => {
  const one = busEvent('ProductCreated/mug/1', 'catalog', 0, 'ThumbnailsReady/upl_1/2', {})
  const other = busEvent('ThumbnailsReady/upl_1/2', 'media', 1, one.id, {})
  const { lanes, nodes } = graphOf([one, other])
  expect(lanes.toSorted()).toEqual(['catalog', 'media'])
  expect(nodes).toHaveLength(2)
})

test('no events, no graph', () => expect(graphOf([])).toMatchObject({ lanes: [], rows: 0, nodes: [], edges: [] }))
