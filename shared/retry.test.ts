import { retryWhileContended, type Backoff } from './retry.ts'

const recorded = (patience: Partial<Backoff> = {}) => {
  const pausesMs: number[] = []
  const backoff: Backoff = {
    attempts: 4,
    baseMs: 10,
    maxMs: 30,
    random: () => 0.5,
    sleep: async (ms) => void pausesMs.push(ms),
    ...patience,
  }
  return { backoff, pausesMs }
}

test('returns the first outcome that is not contended', async () => {
  const { backoff, pausesMs } = recorded()
  const outcomes = ['conflict', 'conflict', 'done', 'never reached']
  const outcome = await retryWhileContended(
    backoff,
    async () => outcomes.shift(),
    (value) => value === 'conflict',
  )
  expect(outcome).toBe('done')
  expect(outcomes).toEqual(['never reached'])
  expect(pausesMs).toEqual([5, 10])
})

test('returns the last outcome when the attempts are exhausted; pauses grow up to maxMs', async () => {
  const { backoff, pausesMs } = recorded()
  let tries = 0
  const outcome = await retryWhileContended(
    backoff,
    async () => ++tries,
    () => true,
  )
  expect(outcome).toBe(4)
  expect(pausesMs).toEqual([5, 10, 15])
})

test('does not retry a throw', async () => {
  const { backoff, pausesMs } = recorded()
  const attempt = () =>
    retryWhileContended(
      backoff,
      () => Promise.reject(new Error('bug')),
      () => true,
    )
  await expect(attempt()).rejects.toThrow('bug')
  expect(pausesMs).toEqual([])
})
