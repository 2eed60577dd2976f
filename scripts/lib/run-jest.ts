import { join } from 'node:path'
import { execa } from 'execa'

/** Node's arguments before those of Jest. */
export const jestProgram = [
  '--disable-warning=ExperimentalWarning',
  '--import',
  './test/support/binary-files.js',
  'node_modules/jest/bin/jest.js',
]

/**
 * Runs test files one after another, which share a system, and prints the names of skipped tests.
 * @param args for Jest, with the paths of the tests
 * @returns its exit code
 */
export async function runJestInBand(args: readonly string[], env: Record<string, string>): Promise<number> {
  const reporters = args.includes('--reporters')
    ? []
    : ['default', './scripts/lib/skipped-reporter.cjs'].flatMap((name) => ['--reporters', name])
  // --reporters takes every argument up to the next option, so it is not the last one.
  const { exitCode } = await execa(process.execPath, [...jestProgram, ...reporters, '--runInBand', ...args], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: 'inherit',
    env,
    reject: false,
  })
  return exitCode ?? 1
}
