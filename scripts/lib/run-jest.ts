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
 * Runs the test files of a folder one after another, which share a system, and prints the names of skipped tests.
 * @param jest arguments for Jest as one text, perhaps with paths in the folder, which then are run alone
 * @returns its exit code
 */
export async function runJestIn(
  folder: string,
  jest: string,
  env: Record<string, string>,
  more: readonly string[] = [],
): Promise<number> {
  const args = jest.split(' ').filter((argument) => argument !== '')
  const paths = args.some((argument) => argument.startsWith(folder)) ? [] : ['--', folder]
  const reporters = args.includes('--reporters')
    ? []
    : ['default', './scripts/lib/skipped-reporter.cjs'].flatMap((name) => ['--reporters', name])
  // --reporters takes every argument up to the next option, so it is not the last one.
  const { exitCode } = await execa(
    process.execPath,
    [...jestProgram, ...reporters, '--runInBand', ...more, ...args, ...paths],
    { cwd: join(import.meta.dirname, '../..'), stdio: 'inherit', env, reject: false },
  )
  return exitCode ?? 1
}
