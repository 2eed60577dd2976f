import { Tally } from './tally.ts'

const succeeded = (latencyMs: number) => ({ kind: 'succeeded', latencyMs }) as const
const failed = (why: string) => ({ kind: 'failed', why }) as const

test('lists calls, and faults with the most frequent first', () => {
  const tally = new Tally()
  for (const latencyMs of [30, 10, 20]) tally.add('GET /orders', succeeded(latencyMs))
  tally.add('POST /orders', failed('no response within 15 s'))
  tally.add('POST /orders', failed('500'))
  tally.add('POST /orders', failed('500'))
  expect([tally.total, tally.failed, tally.errorShare]).toEqual([6, 3, 0.5])
  const [reads, orders, ...faults] = tally.lines()
  expect(reads).toMatch(/^GET \/orders +3 succeeded +0 failed +p50 +20 ms +p95 +30 ms$/)
  expect(orders).toMatch(/^POST \/orders +0 succeeded +3 failed +p50 +– +p95 +–$/)
  expect(faults).toEqual(['2 × POST /orders: 500', '1 × POST /orders: no response within 15 s'])
})

test('without any call the error rate is 1', () => {
  expect(new Tally().errorShare).toBe(1)
})
