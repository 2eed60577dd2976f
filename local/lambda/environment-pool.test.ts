import { ManualClock } from '../clock.ts'
import { EnvironmentPool } from './environment-pool.ts'
import type { FunctionConfiguration } from './function-configuration.ts'

/** A pool of environments that are ready immediately and have only the members that the pool uses. */
function pool(
  maxEnvironments: number,
  maxPerFunction = maxEnvironments,
  clock = new ManualClock(),
  memoryBudgetMb = Infinity,
) {
  return new EnvironmentPool({
    clock,
    start: (configuration) => ({
      configuration,
      ready: Promise.resolve({ initMs: 1 }),
      dead: false,
      closed: new Promise(() => {}),
      privateMemoryMb: 40,
      stop: () => Promise.resolve(),
    }),
    limits: { idleMs: 1000, surplusIdleMs: 100, startsAtOnce: 2, maxEnvironments, maxPerFunction, memoryBudgetMb },
  })
}

const functionNamed = (name: string) => ({ name }) as FunctionConfiguration
const eventLoopTurn = () => new Promise((resolve) => setImmediate(resolve))

test('when all environments are busy, the next caller takes the first that becomes idle', async () => {
  const environments = pool(2)
  const [bake, sell] = [functionNamed('bake'), functionNamed('sell')]
  const first = await environments.acquire(bake)
  await environments.acquire(bake)
  const order: string[] = []
  void environments.acquire(sell).then(() => order.push('sell'))
  void environments.acquire(bake).then(() => order.push('bake'))
  await eventLoopTurn()
  expect(order).toEqual([])
  expect(environments.size).toBe(2)
  environments.release(first.environment)
  await eventLoopTurn()
  // The idle environment belongs to bake and is reused without a start.
  expect(order).toEqual(['bake'])
})

test('an environment that becomes idle is stopped when another function waits', async () => {
  const environments = pool(1)
  const first = await environments.acquire(functionNamed('bake'))
  let served = false
  void environments.acquire(functionNamed('sell')).then(() => (served = true))
  await eventLoopTurn()
  expect(served).toBe(false)
  environments.release(first.environment)
  await eventLoopTurn()
  expect(served).toBe(true)
  expect(environments.size).toBe(1)
})

test('when the environments use the memory budget, one that is idle is stopped before another starts', async () => {
  const environments = pool(10, 10, new ManualClock(), 80)
  const [bake, sell, weigh] = [functionNamed('bake'), functionNamed('sell'), functionNamed('weigh')]
  const first = await environments.acquire(bake)
  await environments.acquire(sell)
  let served = false
  void environments.acquire(weigh).then(() => (served = true))
  await eventLoopTurn()
  expect(served).toBe(false)
  environments.release(first.environment)
  await eventLoopTurn()
  expect(served).toBe(true)
  expect(environments.size).toBe(2)
})

test('callers of a function at its maximum of environments wait, those of other functions do not', async () => {
  const environments = pool(10, 1)
  const [bake, sell] = [functionNamed('bake'), functionNamed('sell')]
  const first = await environments.acquire(bake)
  const order: string[] = []
  void environments.acquire(bake).then(() => order.push('bake'))
  void environments.acquire(sell).then(() => order.push('sell'))
  await eventLoopTurn()
  expect(order).toEqual(['sell'])
  environments.release(first.environment)
  await eventLoopTurn()
  expect(order).toEqual(['sell', 'bake'])
  expect(environments.size).toBe(2)
})

test('environments started by a burst stop after surplusIdleMs, the last one of a function after idleMs', async () => {
  const clock = new ManualClock()
  const environments = pool(10, 10, clock)
  const [bake, sell] = [functionNamed('bake'), functionNamed('sell')]
  const burst = await Promise.all([bake, bake, bake, sell].map((each) => environments.acquire(each)))
  for (const { environment } of burst) environments.release(environment)
  await clock.advance(99)
  expect(environments.size).toBe(4)
  await clock.advance(1)
  expect(environments.size).toBe(2)
  // The most recently used one remains and is reused.
  await clock.advance(800)
  const again = await environments.acquire(bake)
  expect(again).toEqual({ environment: burst[2]!.environment })
  environments.release(again.environment)
  await clock.advance(100)
  expect(environments.size).toBe(1)
  await clock.advance(900)
  expect(environments.size).toBe(0)
})

test('an idle environment beside a busy one stops after surplusIdleMs, a busy one never', async () => {
  const clock = new ManualClock()
  const environments = pool(10, 10, clock)
  const bake = functionNamed('bake')
  const [first, second] = [await environments.acquire(bake), await environments.acquire(bake)]
  environments.release(first.environment)
  await clock.advance(100)
  expect(environments.size).toBe(1)
  await clock.advance(5000)
  expect(environments.size).toBe(1)
  environments.release(second.environment)
  expect(environments.size).toBe(1)
})

test('an environment that a debugger can attach to is stopped neither when it is idle nor for another function', async () => {
  const clock = new ManualClock()
  const environments = pool(2, 2, clock)
  const inspected = { ...functionNamed('bake'), development: { sourceMaps: true, inspectPort: 9229 } }
  environments.startEarly(inspected)
  await eventLoopTurn()
  await clock.advance(5000)
  for (const name of ['sell', 'weigh']) {
    environments.release((await environments.acquire(functionNamed(name))).environment)
  }
  const { initMs } = await environments.acquire(inspected)
  expect(initMs).toBeUndefined()
})
