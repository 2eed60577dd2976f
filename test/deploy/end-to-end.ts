import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exclusions } from './exclusions.ts'
import { runToEnd } from './processes.ts'
import type { Target } from './target.ts'

export interface TestCount {
  readonly passed: number
  readonly failed: number
}

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numFailedTestSuites: number
  readonly numPendingTests: number
  readonly testResults: { name: string; message: string; assertionResults: { fullName: string; status: string }[] }[]
}

/** A Jest pattern of all tests except the excluded ones, without spaces, which separate arguments. */
export function patternWithout(names: readonly string[]): string {
  return `^(?!.*(?:${names.map(RegExp.escape).join('|')})$)`
}

/**
 * Runs the end-to-end suite, or one of its files, against the deployment, without the excluded tests.
 * @throws Error when tests other than the excluded ones were skipped, or the suite did not run
 */
export async function runEndToEnd(
  target: Target,
  outputsFile: string,
  { directory, file, signal }: { directory: string; file?: string; signal: AbortSignal },
): Promise<TestCount> {
  const reportFile = join(directory, 'end-to-end.json')
  const excluded = exclusions.filter((exclusion) => file === undefined || exclusion.file === file)
  const jest = [
    '--silent',
    '--json',
    `--outputFile=${reportFile}`,
    ...(excluded.length > 0 ? [`--testNamePattern=${patternWithout(excluded.map(({ test }) => test))}`] : []),
    ...(file ? [file] : []),
  ]
  const { output } = await runToEnd(
    process.execPath,
    ['scripts/commands/test-e2e.ts', '--outputs', outputsFile, `--jest=${jest.join(' ')}`],
    {
      cwd: join(import.meta.dirname, '../..'),
      env: { ...target.environment, CARTWHEEL_DATA: directory },
      logFile: join(directory, 'end-to-end.log'),
      signal,
    },
  )
  const report = readReport(reportFile, output)
  if (report.numPendingTests !== excluded.length) {
    throw new Error(`${report.numPendingTests} tests were skipped, but ${excluded.length} are excluded.`)
  }
  for (const { message } of report.testResults) if (message) console.error(message)
  // A file that cannot be loaded fails without a failed test.
  const failed = Math.max(report.numFailedTests, report.numFailedTestSuites)
  return { passed: report.numPassedTests, failed: report.numPassedTests === 0 ? Math.max(failed, 1) : failed }
}

function readReport(file: string, output: string): Report {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    throw new Error(`The end-to-end suite did not run:\n${output.slice(-2000)}`)
  }
}
