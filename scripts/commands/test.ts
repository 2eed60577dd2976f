import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { collect, newCommand, runCommand } from '../lib/command.ts'
import { UsageError } from '../lib/errors.ts'
import { compileCache, withoutInterruptions } from '../lib/lean-process.ts'
import { runGroup } from '../lib/process-group.ts'
import { jestProgram } from '../lib/run-jest.ts'
import { atOnce, suites, type Suite } from '../lib/suites.ts'

const command = newCommand(
  'npm test --',
  `
Runs every check that must pass, each suite within its budget. npm run test:full runs the same suites at full size, and
those that require more than Node.`,
)
  .option('--only <suite>', `one suite; can be repeated: ${suites.map(({ name }) => name).join(', ')}`, collect)
  .option('--full', 'full size: more orders, more rounds, larger budgets')
  .action(async ({ only, full = false }: { only?: string[]; full?: boolean }) => {
    await withoutInterruptions()
    process.exitCode = await runSuites(chosenSuites(only, full), full)
  })

const root = join(import.meta.dirname, '../..')

/** Programs in Go (tsgolint, esbuild) do the same work on several threads in up to twice the processor time. */
const oneGoThread = { GOMAXPROCS: '1' }

/** A suite that takes longer hangs: it is stopped and fails. Far above the budgets, since a busy machine is no failure. */
const limitMinutes = (budgetSeconds: number) => Math.max(10, Math.ceil((budgetSeconds * 3) / 60))

interface Count {
  readonly passed: number
  readonly failed: number
}

/** The temporary folder of all child processes, so that no files remain, even when a suite is stopped. */
const temporary = mkdtempSync(join(tmpdir(), 'test-'))
process.once('exit', () => rmSync(temporary, { recursive: true, force: true }))

function chosenSuites(only: readonly string[] | undefined, full: boolean): readonly Suite[] {
  const unknown = only?.find((name) => !suites.some((suite) => suite.name === name))
  if (unknown)
    throw new UsageError(`Unknown suite ${unknown}. Available: ${suites.map(({ name }) => name).join(', ')}.`)
  return suites.filter((suite) => only?.includes(suite.name) ?? (full || !suite.fullOnly))
}

/** @returns the exit code */
async function runSuites(chosen: readonly Suite[], full: boolean): Promise<number> {
  const leftOut: string[] = []
  let total: Count = { passed: 0, failed: 0 }
  const runUnlessMissing = async (suite: Suite) => {
    const missing = await missingFor(suite)
    if (missing !== undefined) {
      leftOut.push(suite.name)
      console.log(`${suite.name}: skipped. ${missing}`)
      return
    }
    const count = await run(suite, full)
    total = { passed: total.passed + count.passed, failed: total.failed + count.failed }
  }
  const [first, others] = [chosen.filter((suite) => suite.first), chosen.filter((suite) => !suite.first)]
  await inTurn(first, atOnce.first, runUnlessMissing)
  await inTurn(others, atOnce.others, runUnlessMissing)
  if (leftOut.length > 0) console.log(`\n${leftOut.length} suite(s) skipped: ${leftOut.join(', ')}`)
  console.log(`\n${total.passed} passed, ${total.failed} failed`)
  return total.failed > 0 ? 1 : 0
}

/** Runs at most `count` suites at the same time, in their order. */
async function inTurn(queue: readonly Suite[], count: number, runOne: (suite: Suite) => Promise<void>): Promise<void> {
  const waiting = [...queue]
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await runOne(next)
  }
  await Promise.all(Array.from({ length: count }, worker))
}

/** @returns what to install for a suite; undefined when it can run */
async function missingFor({ precondition }: Suite): Promise<string | undefined> {
  if (!precondition) return undefined
  const { exitCode, all } = await execa(process.execPath, precondition, { cwd: root, all: true, reject: false })
  return exitCode === 0 ? undefined : all
}

async function run(suite: Suite, full: boolean): Promise<Count> {
  const budgetSeconds = suite.budgetSeconds[full || suite.fullOnly ? 1 : 0]
  const startedAt = performance.now()
  const limitSeconds = limitMinutes(budgetSeconds) * 60
  const { count, stopped } = await ('tool' in suite.runs
    ? runTool(suite.runs.tool, limitSeconds, full)
    : runJest(suite.name, suite.runs, limitSeconds, full))
  const seconds = (performance.now() - startedAt) / 1000
  const remark = stopped
    ? `, stopped after ${limitSeconds / 60} minutes`
    : seconds > budgetSeconds
      ? ', over its budget'
      : ''
  console.log(
    `${suite.name}: ${count.passed} passed, ${count.failed} failed in ${seconds.toFixed(1)} s of ${budgetSeconds} s${remark}`,
  )
  return count
}

async function runTool(args: readonly string[], limitSeconds: number, full: boolean) {
  const { code, stopped } = await runNode(args, limitSeconds, full)
  return { count: code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }, stopped }
}

async function runJest(
  name: string,
  runs: { paths: readonly string[]; script?: string },
  limitSeconds: number,
  full: boolean,
) {
  const countFile = join(temporary, `${name}.json`)
  // --reporters takes every argument up to the next option, so it is not the last one.
  const options = ['--reporters', './scripts/lib/failures-reporter.cjs', '--silent']
  // Jest matches patterns against absolute paths; the checkout's own path must not match.
  const args = runs.script
    ? [runs.script, `--jest=${options.join(' ')}`]
    : [...jestProgram, ...options, ...runs.paths.map((path) => join(root, path))]
  const { code, stopped } = await runNode(args, limitSeconds, full, { TEST_COUNT: countFile })
  const count = readCount(countFile)
  rmSync(countFile, { force: true })
  // A runner that crashed and a suite without tests count as failed even if no test failed.
  const broken = code !== 0 && count.failed === 0
  return {
    count: broken || count.passed + count.failed === 0 ? { ...count, failed: count.failed + 1 } : count,
    stopped,
  }
}

/** @returns zeros when Jest did not come to its end */
function readCount(file: string): Count {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { passed: 0, failed: 0 }
  }
}

const runNode = (args: readonly string[], limitSeconds: number, full: boolean, more: Record<string, string> = {}) =>
  runGroup(args, {
    cwd: root,
    env: { ...compileCache, ...oneGoThread, TMPDIR: temporary, ...(full ? { TEST_FULL: '1' } : {}), ...more },
    limitSeconds,
  })

await runCommand(command)
