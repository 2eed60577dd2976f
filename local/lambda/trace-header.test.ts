import { invocationTrace } from './trace-header.ts'

const root = '1-5759e988-bd862e3fe1be46a994272793'
const startMs = Date.parse('2026-05-01T10:00:00Z')
const trace = (callers: string | undefined, activeTracing = true) => invocationTrace(callers, activeTracing, startMs)

test('without a caller’s trace a new one starts, sampled when the function has active tracing', () => {
  const second = (startMs / 1000).toString(16)
  expect(trace(undefined)).toMatch(new RegExp(`^Root=1-${second}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=1$`))
  expect(trace(undefined, false)).toMatch(/;Sampled=0$/)
  expect(trace(undefined)).not.toBe(trace(undefined))
})

test.each([
  [`Root=${root}`, '1'],
  [`Root=${root};Parent=53995c3f42cd8ad8;Sampled=0`, '0'],
  [`Self=1-x-y;Sampled=1; Root=${root}`, '1'],
])('the trace of %s continues with a new parent', (callers, sampled) => {
  expect(trace(callers)).toMatch(new RegExp(`^Root=${root};Parent=[0-9a-f]{16};Sampled=${sampled}$`))
  expect(trace(callers)).not.toContain('53995c3f42cd8ad8')
})

test.each(['', 'Root=1-x', `Root=${root}0`, 'nonsense'])(
  '"%s" is not a trace header, so a new trace starts',
  (callers) => {
    expect(trace(callers)).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};/)
    expect(trace(callers)).not.toContain(root)
  },
)
