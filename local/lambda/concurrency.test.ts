import { ManualClock } from '../clock.ts'
import { newFolder } from '../test/folders.ts'
import { administrator, Bakery, isAlive, until } from './testing.ts'

let bakery: Bakery
beforeEach(() => (bakery = new Bakery()))
afterEach(() => bakery.stop())

const sleep = (arn: string, ms: number) => bakery.lambda.invoke(arn, { behavior: 'sleep', ms }, administrator)

test('concurrent invocations each get an environment', async () => {
  bakery = new Bakery({ limits: { startsAtOnce: 3 } })
  const arn = await bakery.deploy({ Timeout: 200 })
  const directory = newFolder()
  // No invocation returns before all have started, so that none can reuse the environment of another.
  const wait = () => bakery.lambda.invoke(arn, { behavior: 'barrier', directory, participants: 3 }, administrator)
  const responses = await Promise.all([wait(), wait(), wait()])
  expect(new Set(responses.map((response) => (response.payload as { pid: number }).pid)).size).toBe(3)
})

test('a caller that waits for a cold start takes an environment that becomes idle first', async () => {
  bakery = new Bakery({ limits: { startsAtOnce: 1 } })
  const arn = await bakery.deploy()
  const responses = await Promise.all(Array.from({ length: 20 }, () => sleep(arn, 1)))
  const environments = new Set(responses.map((response) => (response.payload as { pid: number }).pid)).size
  expect(environments).toBeLessThan(5)
  expect(bakery.invocations.filter((invocation) => invocation.cold).length).toBe(environments)
})

test('an invocation beyond the reserved concurrency waits', async () => {
  const arn = await bakery.deploy({ ReservedConcurrentExecutions: 1 })
  const responses = await Promise.all([sleep(arn, 20), sleep(arn, 1)])
  expect(new Set(responses.map((response) => (response.payload as { pid: number }).pid)).size).toBe(1)
})

test('an environment is stopped after its idle timeout', async () => {
  const clock = new ManualClock()
  bakery = new Bakery({ clock })
  const arn = await bakery.deploy()
  const { pid } = (await sleep(arn, 0)).payload as { pid: number }
  await clock.advance(299_000)
  expect(bakery.lambda.environments).toBe(1)
  await sleep(arn, 0)
  await clock.advance(299_000)
  expect(bakery.lambda.environments).toBe(1)
  await clock.advance(1000)
  expect(bakery.lambda.environments).toBe(0)
  await until(() => !isAlive(pid))
})

test('a function that is deployed again runs with its new configuration', async () => {
  const arn = await bakery.deploy({ Environment: { Variables: { FLOUR: 'rye' } } })
  const flour = async () => {
    const { payload } = await bakery.lambda.invoke(arn, { behavior: 'environment' }, administrator)
    return (payload as Record<string, string>).FLOUR
  }
  expect(await flour()).toBe('rye')
  await bakery.deploy({ Environment: { Variables: { FLOUR: 'wheat' } } })
  expect(await flour()).toBe('wheat')
  expect(bakery.lambda.environments).toBe(1)
})
