import { execa } from 'execa'
import { join } from 'node:path'

/**
 * The end-to-end tests of orders with duplicates, delays, conflicts, throttles, stale reads and cold starts. The other files
 * can be run with `npm run test:e2e -- --chaos SEED`: contention.test.ts takes minutes under faults, and events.test.ts
 * expects that no attempt of a consumer fails, which a fault in the consumer's write contradicts.
 */
const files = ['test/e2e/order.test.ts', 'test/e2e/upload.test.ts']
const seeds = Array.from({ length: 20 }, (_, index) => index + 1)

test.each(seeds)(
  'the end-to-end tests of orders pass with the faults of seed %i',
  async (seed) => {
    const { exitCode, all } = await execa(
      process.execPath,
      ['scripts/commands/test-e2e.ts', '--chaos', String(seed), `--jest=${files.join(' ')}`],
      { cwd: join(import.meta.dirname, '../..'), all: true, reject: false },
    )
    expect(exitCode === 0 ? 'passed' : all).toBe('passed')
  },
  300_000,
)
