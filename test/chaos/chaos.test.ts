import { execa } from 'execa'
import { join } from 'node:path'

const seeds = Array.from({ length: 20 }, (_, index) => index + 1)

/** The whole end-to-end suite, with duplicates, delays, conflicts, throttles, stale reads and cold starts. */
test.each(seeds)(
  'the end-to-end suite passes with the faults of seed %i',
  async (seed) => {
    const { exitCode, all } = await execa(process.execPath, ['scripts/commands/test-e2e.ts', '--chaos', String(seed)], {
      cwd: join(import.meta.dirname, '../..'),
      all: true,
      reject: false,
    })
    expect(exitCode === 0 ? 'passed' : all).toBe('passed')
  },
  600_000,
)
