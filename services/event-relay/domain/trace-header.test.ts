import { traceHeaderOf } from './trace-header.ts'

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

test('a traceparent becomes the header of X-Ray', () => {
  expect(traceHeaderOf(traceparent)).toBe('Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1')
})

test('one that is not sampled stays so', () => {
  expect(traceHeaderOf(traceparent.replace(/01$/, '02'))).toMatch(/Sampled=0$/)
})

test.each([undefined, '', 'Root=1-x', traceparent.toUpperCase(), `${traceparent}-more`, traceparent.slice(0, -1)])(
  '"%s" is none',
  (text) => {
    expect(traceHeaderOf(text)).toBeUndefined()
  },
)
