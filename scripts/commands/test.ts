import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseFlags, runScript } from '../lib/command.ts'
import { UsageError } from '../lib/deployment.ts'
import { suites, type Suite } from '../lib/suites.ts'

const help = `
npm test [-- --only SUITE]      every check that must pass, each suite within its budget
npm run test:full               the same suites at full size, and those that need more than Node

  --only SUITE   one suite by its name; several times for several
  --full         full size: more orders, more rounds, longer budgets
`

const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js']

/** Jest takes a pattern over whole paths; the checkout's own path must not match it. */
const below = (path: string) => join(import.meta.dirname, '../..', path)

/**
 * A suite over its budget is told, and ends unfinished and failed after this many of them: a busy machine is no fault
 * of what is tested, a suite that hangs is.
 */
const patience = 10

interface Count {
  readonly passed: number
  readonly failed: number
}

await runScript(async () => {
  const flags = parseFlags({ only: { type: 'string', multiple: true }, full: { type: 'boolean' } }, help)
  const unknown = flags.only?.find((name) => !suites.some((suite) => suite.name === name))
  if (unknown)
    throw new UsageError(`There is no suite ${unknown}; there are ${suites.map((suite) => suite.name).join(', ')}.`)
  const full = flags.full ?? false
  const chosen = suites.filter((suite) => flags.only?.includes(suite.name) ?? (full || !suite.fullOnly))
  const leftOut: string[] = []

  let total: Count = { passed: 0, failed: 0 }
  for (const suite of chosen) {
    const lacks = suite.lacks?.()
    if (lacks !== undefined) {
      leftOut.push(suite.name)
      console.log(`${suite.name}: left out. ${lacks}`)
      continue
    }
    const count = await run(suite, full)
    total = { passed: total.passed + count.passed, failed: total.failed + count.failed }
  }
  if (leftOut.length > 0) console.log(`\n${leftOut.length} suite(s) left out: ${leftOut.join(', ')}`)
  console.log(`\n${total.passed} passed, ${total.failed} failed`)
  return total.failed > 0 ? 1 : 0
})

async function run(suite: Suite, full: boolean): Promise<Count> {
  const budgetSeconds = full || suite.fullOnly ? suite.fullBudgetSeconds : suite.budgetSeconds
  const startedAt = performance.now()
  const limitSeconds = budgetSeconds * patience
  const { count, stopped } = await ('tool' in suite.runs
    ? runTool(suite.runs.tool, limitSeconds, full)
    : runJest(suite.runs, limitSeconds, full))
  const seconds = (performance.now() - startedAt) / 1000
  const verdict = stopped ? `, stopped after ${patience} budgets` : seconds > budgetSeconds ? ', over its budget' : ''
  console.log(
    `${suite.name}: ${count.passed} passed, ${count.failed} failed in ${seconds.toFixed(1)} s of ${budgetSeconds} s${verdict}`,
  )
  return count
}

async function runTool(args: readonly string[], limitSeconds: number, full: boolean) {
  const { code, stopped } = await runNode(args, limitSeconds, full ? { TEST_FULL: '1' } : {})
  return { count: code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }, stopped }
}

async function runJest(runs: { paths: readonly string[]; script?: string }, limitSeconds: number, full: boolean) {
  const directory = mkdtempSync(join(tmpdir(), 'cartwheel-test-'))
  const report = join(directory, 'report.json')
  const options = ['--silent', '--reporters', './scripts/lib/failures-reporter.cjs', '--json', '--outputFile', report]
  const args = runs.script
    ? [runs.script, `--jest=${options.join(' ')}`]
    : [...jest, ...options, ...runs.paths.map(below)]
  const { code, stopped } = await runNode(args, limitSeconds, full ? { TEST_FULL: '1' } : {})
  const count = readReport(report)
  rmSync(directory, { recursive: true })
  // A runner that died, or a suite without a single test, is a failure even where no test failed.
  const broken = code !== 0 && count.failed === 0
  return {
    count: broken || count.passed + count.failed === 0 ? { ...count, failed: count.failed + 1 } : count,
    stopped,
  }
}

function readReport(file: string): Count {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(file, 'utf8'))
    return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites }
  } catch {
    return { passed: 0, failed: 0 }
  }
}

/** In a process group of its own, so that a suite that is stopped ends with all that it started. */
async function runNode(args: readonly string[], limitSeconds: number, env: Record<string, string>) {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
    env: { ...process.env, ...env },
  })
  const end = (signal: NodeJS.Signals) => process.kill(-child.pid!, signal)
  let stopped = false
  const timer = setTimeout(() => {
    stopped = true
    end('SIGKILL')
  }, limitSeconds * 1000)
  const interrupted = () => end('SIGTERM')
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('exit', resolve))
  clearTimeout(timer)
  process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
  return { code, stopped }
}
