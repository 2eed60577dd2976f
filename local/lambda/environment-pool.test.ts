import { ManualClock } from '../clock.ts'
import { EnvironmentPool } from './environment-pool.ts'
import type { FunctionConfiguration } from './function-configuration.ts'

/** A pool of environments that are ready at once; only what the pool asks of one is there. */
function pool(maxEnvironments: number, maxPerFunction = maxEnvironments, clock = new ManualClock()) {
  return new EnvironmentPool({
    clock,
    start: (configuration) => ({
      configuration,
      ready: Promise.resolve({ kind: 'ready', initMs: 1 } as const),
      dead: false,
      stop: () => Promise.resolve(),
    }),
    idleMs: 1000,
    surplusIdleMs: 100,
    startsAtOnce: 2,
    maxEnvironments,
    maxPerFunction,
  })
}

const functionCalled = (name: string) => ({ name }) as FunctionConfiguration
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('when all environments are at work the next caller waits, and takes the first that is free', async () => {
  const environments = pool(2)
  const [bake, sell] = [functionCalled('bake'), functionCalled('sell')]
  const first = await environments.acquire(bake)
  await environments.acquire(bake)
  const order: string[] = []
  void environments.acquire(sell).then(() => order.push('sell'))
  void environments.acquire(bake).then(() => order.push('bake'))
  await turn()
  expect(order).toEqual([])
  expect(environments.size).toBe(2)
  environments.release(first.environment)
  await turn()
  // The free one is bake's own, and it is used again without a start.
  expect(order).toEqual(['bake'])
})

test('an environment that becomes idle makes room for a function that waits', async () => {
  const environments = pool(1)
  const first = await environments.acquire(functionCalled('bake'))
  let served = false
  void environments.acquire(functionCalled('sell')).then(() => (served = true))
  await turn()
  expect(served).toBe(false)
  environments.release(first.environment)
  await turn()
  expect(served).toBe(true)
  expect(environments.size).toBe(1)
})

test('beyond what one function may have its callers wait, and other functions do not', async () => {
  const environments = pool(10, 1)
  const [bake, sell] = [functionCalled('bake'), functionCalled('sell')]
  const first = await environments.acquire(bake)
  const order: string[] = []
  void environments.acquire(bake).then(() => order.push('bake'))
  void environments.acquire(sell).then(() => order.push('sell'))
  await turn()
  expect(order).toEqual(['sell'])
  environments.release(first.environment)
  await turn()
  expect(order).toEqual(['sell', 'bake'])
  expect(environments.size).toBe(2)
})

test('what a burst started ends soon after it, and the last of a function stays as long as one may be idle', async () => {
  const clock = new ManualClock()
  const environments = pool(10, 10, clock)
  const [bake, sell] = [functionCalled('bake'), functionCalled('sell')]
  const burst = await Promise.all([bake, bake, bake, sell].map((each) => environments.acquire(each)))
  for (const { environment } of burst) environments.release(environment)
  await clock.advance(99)
  expect(environments.size).toBe(4)
  await clock.advance(1)
  expect(environments.size).toBe(2)
  // The one that was used last is left, and stays for those who come back.
  await clock.advance(800)
  const again = await environments.acquire(bake)
  expect(again).toEqual({ kind: 'environment', environment: burst[2]!.environment })
  environments.release(again.environment)
  await clock.advance(100)
  expect(environments.size).toBe(1)
  await clock.advance(900)
  expect(environments.size).toBe(0)
})

test('an idle environment beside a busy one is a surplus, and one in use never ends', async () => {
  const clock = new ManualClock()
  const environments = pool(10, 10, clock)
  const bake = functionCalled('bake')
  const [first, second] = [await environments.acquire(bake), await environments.acquire(bake)]
  environments.release(first.environment)
  await clock.advance(100)
  expect(environments.size).toBe(1)
  await clock.advance(5000)
  expect(environments.size).toBe(1)
  environments.release(second.environment)
  expect(environments.size).toBe(1)
})
