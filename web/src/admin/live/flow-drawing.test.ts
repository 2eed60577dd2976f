import { drawingOf, type Box } from './flow-drawing.ts'
import { graphOf } from './flow-graph.ts'
import { busEvent, captured, flow, placed } from './test-events.ts'

const overlap = (one: Box, other: Box) =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height

const sku = 'HANDMADE-STONEWARE-TEA-BOWL-SET-WIDE-XXL'
const shipped = [
  busEvent('StockChanged/x/2', 'inventory', 140, 'OrderReserved/ord_1/2', { sku, change: { available: -99 } }),
  busEvent('ShipmentCreated/shp_1/1', 'shipping', 3000, 'PaymentCaptured/ord_1/2'),
  busEvent('ShipmentNoted/shp_1/2', 'shipping', 4000, 'request-2'),
  busEvent('ShipmentDelivered/shp_1/3', 'shipping', 6000, 'ShipmentCreated/shp_1/1'),
]

test.each([360, 700, 900, 1400])('at %d pixels nothing overlaps or leaves the drawing', (width) => {
  const drawing = drawingOf(graphOf([...flow, ...shipped]), width)
  expect(drawing.look).toBe(width < 700 ? 'rail' : 'lanes')
  drawing.nodes.forEach((node, index) => {
    expect(node.x).toBeGreaterThanOrEqual(0)
    expect(node.x + node.width).toBeLessThanOrEqual(width)
    expect(node.y + node.height).toBeLessThanOrEqual(drawing.height)
    for (const other of drawing.nodes.slice(index + 1)) expect(overlap(node, other)).toBe(false)
  })
})

test.each([360, 900])('at %d pixels arrows begin and end at the boxes of cause and effect', (width) => {
  const drawing = drawingOf(graphOf([...flow, ...shipped]), width)
  const boxes = new Map(drawing.nodes.map((drawn) => [drawn.node, drawn]))
  expect(drawing.edges).toHaveLength(7)
  for (const { edge, path } of drawing.edges) {
    expect(path).not.toContain('NaN')
    const [x, y] = /^M([\d.]+) ([\d.]+)/.exec(path)!.slice(1).map(Number) as [number, number]
    const from = boxes.get(edge.from)!
    expect(x).toBeGreaterThanOrEqual(from.x)
    expect(x).toBeLessThanOrEqual(from.x + from.width)
    expect(y).toBeGreaterThanOrEqual(from.y)
    expect(y).toBeLessThanOrEqual(from.y + from.height)
  }
})

test('rows of the same moment have one time', () => {
  const ticks = drawingOf(graphOf(flow), 900).ticks
  expect(ticks.map(({ sinceStartMs }) => sinceStartMs)).toEqual([0, 40, 90, 130])
})

test.each([320, 700])('at %d pixels a longer text makes its event higher', (width) => {
  const heights = (name: string) => {
    const event = busEvent('StockChanged/x/1', 'inventory', 0, 'request-1', { sku: name })
    return drawingOf(graphOf([...shipped, event, placed, captured]), width).height
  }
  expect(heights(sku)).toBeGreaterThan(heights('MUG'))
})

test('a single event is drawn', () => expect(drawingOf(graphOf([placed]), 900).nodes).toHaveLength(1))
