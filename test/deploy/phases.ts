import type { TestCount } from './end-to-end.ts'

const inSeconds = (durationMs: number) => `${(durationMs / 1000).toFixed(1)} s`

/** Runs phases, prints the duration of each, and counts: a phase is one check, or the tests that it ran. */
export class Phases {
  passed = 0
  failed = 0

  /**
   * @param work returns a remark, the count of tests, or nothing
   * @returns whether the phase passed
   */
  async run(name: string, work: () => Promise<string | TestCount | void>): Promise<boolean> {
    process.stdout.write(`${name} … `)
    const startedAt = performance.now()
    try {
      const result = await work()
      const count = typeof result === 'object' ? result : { passed: 1, failed: 0 }
      this.passed += count.passed
      this.failed += count.failed
      const remark = typeof result === 'object' ? `${count.passed} passed, ${count.failed} failed` : result
      console.log(`${inSeconds(performance.now() - startedAt)}${remark ? `: ${remark}` : ''}`)
      return count.failed === 0
    } catch (error) {
      if ((error as Error).name === 'AbortError') throw error
      this.failed += 1
      console.log(`failed after ${inSeconds(performance.now() - startedAt)}`)
      console.error((error as Error).message)
      return false
    }
  }
}
