import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandLine } from './deployment.ts'
import { CommandError } from './errors.ts'

/**
 * The version of the data in the local system's folder. Increment it in the commit that changes the shape of stored items,
 * so that a folder with items of the old shape is rejected at start and does not fail later.
 */
const dataVersion = 2

const versionFile = (directory: string): string => join(directory, 'data-version')

/** The file that the local system stores its state in. */
const stateFile = (directory: string): string => join(directory, 'state.sqlite')

/** @throws CommandError when the folder contains data of another version */
export function checkDataVersion(directory: string): void {
  if (!existsSync(stateFile(directory)) || readVersion(directory) === dataVersion) return
  throw new CommandError(
    `The data in ${directory} has a different version than this code (${dataVersion}): ${commandLine('npm start -- --reset')} deletes it and starts with empty tables.`,
  )
}

function readVersion(directory: string): number | undefined {
  const file = versionFile(directory)
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined
}

/** Records that the folder has data of this version. */
export const writeDataVersion = (directory: string): void => writeFileSync(versionFile(directory), `${dataVersion}\n`)
