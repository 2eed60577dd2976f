import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock } from '../clock.ts'
import { administrator, Bakery, isAlive, until } from './testing.ts'

let shop: Bakery
afterEach(() => shop.stop())

const sleep = (arn: string, ms: number) => shop.lambda.invoke(arn, { manner: 'sleep', ms }, administrator)

test('simultaneous invocations have an environment each', async () => {
  shop = new Bakery({ startsAtOnce: 3 })
  const arn = await shop.deploy({ Timeout: 200 })
  const directory = mkdtempSync(join(tmpdir(), 'bakery-'))
  // None answers before all are there, so that none can take the environment of another that was quicker.
  const meet = () => shop.lambda.invoke(arn, { manner: 'meet', directory, guests: 3 }, administrator)
  const answers = await Promise.all([meet(), meet(), meet()])
  rmSync(directory, { recursive: true })
  expect(new Set(answers.map((answer) => (answer.payload as { pid: number }).pid)).size).toBe(3)
})

test('who waits for a cold start takes an environment that becomes free before', async () => {
  shop = new Bakery({ startsAtOnce: 1 })
  const arn = await shop.deploy()
  const answers = await Promise.all(Array.from({ length: 20 }, () => sleep(arn, 1)))
  const environments = new Set(answers.map((answer) => (answer.payload as { pid: number }).pid)).size
  expect(environments).toBeLessThan(5)
  expect(shop.hops.filter((hop) => hop.cold).length).toBe(environments)
})

test('beyond the reserved concurrency an invocation is throttled', async () => {
  shop = new Bakery()
  const arn = await shop.deploy({ ReservedConcurrentExecutions: 1 })
  const running = sleep(arn, 100)
  await expect(sleep(arn, 1)).rejects.toMatchObject({
    name: 'TooManyRequestsException',
    statusCode: 429,
    members: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
  })
  await running
  await expect(sleep(arn, 1)).resolves.toHaveProperty('payload')
})

test("beyond the account's concurrency an invocation is throttled, whatever the function", async () => {
  shop = new Bakery({ accountConcurrency: 1, maxEnvironments: 1 })
  const one = await shop.deploy({ FunctionName: 'one' })
  const other = await shop.deploy({ FunctionName: 'other' })
  const running = sleep(one, 100)
  await expect(sleep(other, 1)).rejects.toMatchObject({
    members: { Reason: 'ConcurrentInvocationLimitExceeded' },
  })
  await running
  // There is room for one process only: the idle one of the other function makes way.
  await sleep(other, 1)
  expect(shop.lambda.environments).toBe(1)
})

test('an environment that nobody used for the idle time is ended', async () => {
  const clock = new ManualClock()
  shop = new Bakery({ clock, idleMs: 300_000 })
  const arn = await shop.deploy()
  const { pid } = (await sleep(arn, 0)).payload as { pid: number }
  await clock.advance(299_000)
  expect(shop.lambda.environments).toBe(1)
  await sleep(arn, 0)
  await clock.advance(299_000)
  expect(shop.lambda.environments).toBe(1)
  await clock.advance(1000)
  expect(shop.lambda.environments).toBe(0)
  await until(() => !isAlive(pid))
})

test('a function that is deployed again runs its new configuration', async () => {
  shop = new Bakery()
  const arn = await shop.deploy({ Environment: { Variables: { FLOUR: 'rye' } } })
  const flour = async () => {
    const { payload } = await shop.lambda.invoke(arn, { manner: 'environment' }, administrator)
    return (payload as Record<string, string>).FLOUR
  }
  expect(await flour()).toBe('rye')
  await shop.deploy({ Environment: { Variables: { FLOUR: 'wheat' } } })
  expect(await flour()).toBe('wheat')
  expect(shop.lambda.environments).toBe(1)
})
