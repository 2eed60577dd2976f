import { traceHeaderOf, traceIdOf, traceparentOf } from './trace-context.ts'

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const header = 'Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1'
const notSampled = [traceparent.replace(/01$/, '00'), header.replace(/1$/, '0')] as const

test.each<readonly [string, string]>([[traceparent, header], notSampled])(
  '%s and %s convert into each other',
  (w3c, xray) => {
    expect(traceHeaderOf(w3c)).toBe(xray)
    expect(traceparentOf(xray)).toBe(w3c)
  },
)

test('only the sampled flag of W3C is converted', () => {
  expect(traceHeaderOf(traceparent.replace(/01$/, 'ff'))).toMatch(/Sampled=1$/)
  expect(traceHeaderOf(traceparent.replace(/01$/, '02'))).toMatch(/Sampled=0$/)
})

test.each([
  `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
  `00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-01`,
  undefined,
  '',
  'Root=1-x',
  traceparent.toUpperCase(),
  `${traceparent}-more`,
  traceparent.slice(0, -1),
])('"%s" is not a traceparent', (text) => {
  expect(traceHeaderOf(text)).toBeUndefined()
  expect(traceIdOf(text)).toBeUndefined()
})

test('header fields may be in any order, and unknown ones are ignored', () => {
  const [rootField, parentField, sampled] = header.split(';')
  expect(traceparentOf(`${sampled}; ${parentField};Lineage=1:a87bd80c:0;${rootField};Self=1-x-y`)).toBe(traceparent)
  expect(traceparentOf(`${rootField};${parentField};Sampled=?`)).toBe(notSampled[0])
})

test.each([
  undefined,
  '',
  'Root',
  header.replace('1-4bf', '2-4bf'),
  header.replace('4736;', ';'),
  'Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Sampled=1',
  header.replace('00f067aa', 'ZZZZZZZZ'),
  'Root=1-00000000-000000000000000000000000;Parent=00f067aa0ba902b7;Sampled=1',
  header.replace('00f067aa0ba902b7', '0000000000000000'),
])('"%s" is not a trace header', (text) => {
  expect(traceparentOf(text)).toBeUndefined()
})

test('traceIdOf returns the X-Ray trace id', () => {
  expect(traceIdOf(traceparent)).toBe('1-4bf92f35-77b34da6a3ce929d0e0e4736')
})
