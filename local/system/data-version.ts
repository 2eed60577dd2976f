import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from './start-error.ts'

/** Its presence marks a folder as a data directory: files in any other folder are the user's. Contains the version. */
export const versionFile = 'data-version'

/**
 * Checks, without changing anything, whether a folder can become or already is a data directory of this version.
 * @param options.reset whether data of another version may be deleted
 * @throws StartError data-foreign, data-version
 */
export function checkDataVersion(path: string, options: { version: number; reset: boolean }): void {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory() || readdirSync(path).length === 0) return
  const found = readVersion(path)
  if (found === undefined) {
    throw new StartError(
      'data-foreign',
      `The folder ${path} contains files and is not a data directory: it has no file ${versionFile}. Nothing was changed.`,
    )
  }
  if (options.reset || found === String(options.version) || !existsSync(join(path, 'state.sqlite'))) return
  throw new StartError(
    'data-version',
    `The data in ${path} has a different version than this code (${options.version}).`,
  )
}

/** Makes a folder that does not exist or is empty a data directory, so that files can be stored there before the first start. */
export function makeDataDirectory(path: string, version: number): void {
  mkdirSync(path, { recursive: true })
  if (readdirSync(path).length === 0) markDirectory(path, version)
}

export const markDirectory = (path: string, version: number): void =>
  writeFileSync(join(path, versionFile), `${version}\n`)

function readVersion(path: string): string | undefined {
  const file = join(path, versionFile)
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file, 'utf8').trim() : undefined
}
