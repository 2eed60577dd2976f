import { graphOf } from './flow-graph.ts'
import { linesIn, nodeTextOf, widthOf, wrapped } from './node-text.ts'
import { busEvent, captured, placed, reserved } from './test-events.ts'

const sku = 'HANDMADE-STONEWARE-TEA-BOWL-SET-WIDE-XXL'

test.each([
  ['3 pieces · €102.50', 200, ['3 pieces · €102.50']],
  ['3 pieces · €102.50', 80, ['3 pieces', '€102.50']],
  ['−2 available · MUG-STONE-350', 120, ['−2 available', 'MUG-STONE-350']],
  ['OrderPaymentFailed', 90, ['OrderPayment', 'Failed']],
  ['customer', 200, ['customer']],
  ['', 200, []],
])('%j in %d pixels', (content, width, lines) => expect(wrapped(content, width, 12)).toEqual(lines))

test.each([20, 60, 96, 118, 240])('in %d pixels nothing of a long text is cut or wider', (width) => {
  const content = `−99 available · ${sku} · SBX01M8HQE3SNJ8W5KT58ACBVCVWJ · a reason of several words`
  const lines = wrapped(content, width, 12)
  expect(lines.join('').replaceAll(/[ ·]/g, '')).toBe(content.replaceAll(/[ ·]/g, ''))
  for (const line of lines) expect(widthOf(line, 12)).toBeLessThanOrEqual(width)
})

test('a text narrower than one character ends', () => expect(wrapped('MW', 1, 12)).toEqual(['M', 'W']))

describe('the time since the cause', () => {
  const nodes = graphOf([placed, reserved, captured]).nodes
  const textOf = (type: string, width: number, namesService = false) =>
    nodeTextOf(
      nodes.find(({ event }) => event.type === type)!,
      width,
      { namesService },
    )

  test('is at the end of the last line, or below it if both do not fit', () => {
    expect(textOf('PaymentCaptured', 110)).toEqual({ title: ['PaymentCaptured'], lines: ['€102.50'], since: '+40 ms' })
    expect(textOf('PaymentCaptured', 80)).toMatchObject({ lines: ['€102.50', ''] })
  })

  test('has a line of its own in an event without a summary', () => {
    expect(textOf('OrderPlaced', 110)).toEqual({ title: ['OrderPlaced'], lines: [''], since: 'request' })
    expect(linesIn(textOf('OrderPlaced', 110))).toBe(2)
  })

  test('is not known for an event whose cause is missing', () =>
    expect(textOf('OrderReserved', 110, true)).toEqual({ title: ['OrderReserved'], lines: ['orders'], since: '' }))
})

test('an event without a summary, a service and a cause has only its name', () => {
  const [node] = graphOf([busEvent('Foreign/o/1', 'other', 0, 'Older/o/1')]).nodes
  expect(nodeTextOf(node!, 110, { namesService: false })).toEqual({ title: ['Foreign'], lines: [], since: '' })
})

test('letters and words with more space are as wide as they say', () => {
  const spacing = { letter: 0.1, word: 0.2 }
  expect(widthOf('a b', 10, spacing) - widthOf('a b', 10)).toBeCloseTo(5)
  for (const line of wrapped('3 pieces for €102.50', 60, 10, spacing))
    expect(widthOf(line, 10, spacing)).toBeLessThanOrEqual(60)
})
