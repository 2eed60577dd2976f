import { execa } from 'execa'
import { join } from 'node:path'
import { installedServices, services } from '#infra/services.ts'
import { synthesize } from '#scripts/lib/cdk.ts'
import { missingServices } from '#scripts/lib/installed-services.ts'
import type { Flow } from '../least-privilege/flow.ts'
import { flowGroups } from '../least-privilege/flows.ts'
import { WatchedSystem } from '../least-privilege/watched-system.ts'

/** One of the optional services; in npm run test:full, each of them. */
const leftOut = services
  .filter((service) => service.optional)
  .map(({ name }) => name)
  .slice(process.env['TEST_FULL'] ? 0 : -1)

const timeoutMs = 300_000

describe.each(leftOut)('a system without %s', (name) => {
  const installed = installedServices(name).map((service) => service.name)
  const { together, alone } = flowGroups(['api', ...installed])
  let system: WatchedSystem
  let ends: Map<Flow, Promise<void>>

  beforeAll(async () => {
    system = await WatchedSystem.start(await synthesize('dev', { without: name }))
    await system.fill()
    ends = system.runTogether(together)
  }, timeoutMs)
  afterAll(() => system.stop())

  const named = (flows: readonly Flow[]) => flows.map((flow) => [flow.name, flow] as const)
  test.each(named(together.flat()))('%s', (_name, flow) => ends.get(flow), timeoutMs)
  test.each(named(alone))('%s', (_name, flow) => system.runToTheEnd(flow), timeoutMs)

  test('no call is denied', () => {
    expect(system.denials).toEqual([])
  })

  test('the end-to-end suite finds out that it is missing', async () => {
    expect(await missingServices(system.deployment)).toEqual([name])
  })

  if (process.env['TEST_FULL']) {
    test(
      'the end-to-end suite passes, and reports which service is missing',
      async () => {
        const { exitCode, all } = await execa(
          process.execPath,
          ['scripts/commands/test-e2e.ts', '--outputs', system.outputsFile],
          { cwd: join(import.meta.dirname, '../..'), env: { TEST_FULL: '' }, all: true, reject: false },
        )
        expect(all).toContain(`Not deployed, so their tests are skipped: ${name}`)
        expect([exitCode, all]).toEqual([0, all])
      },
      timeoutMs,
    )
  }
})
