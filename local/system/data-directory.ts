import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { State, type StateFailure } from '../state/state.ts'
import { checkDataVersion, markDirectory, versionFile } from './data-version.ts'
import { StartError } from './start-error.ts'

/** A data directory that is locked by this process. */
interface DataDirectory {
  readonly path: string
  readonly state: State
  /** Says that this process will close the directory soon, so that another one waits for that instead of failing. */
  announceClose(): void
  /** Releases the lock. */
  close(): void
  /** Releases the lock and deletes what was created, if there was no data before: after a start that failed. */
  abandon(): void
}

const lockFile = 'lock'
const closingFile = 'closing'
const stateFile = 'state.sqlite'

/** How long a start waits for a system that is stopping, which itself waits ten seconds for its functions. */
const closesWithinMs = 15_000

interface DataDirectoryOptions {
  /** Whether the state of earlier runs is deleted first. */
  readonly reset?: boolean | undefined
  /** Version of the data. @default 1 */
  readonly version?: number | undefined
  /** Receives a message for the user when the directory can no longer be written. */
  readonly onFailure?: ((message: string) => void) | undefined
}

/**
 * Opens a data directory, or makes a new or empty folder one.
 * @throws StartError data-foreign, data-version, data-in-use, data-unusable, data-broken
 */
export function openDataDirectory(
  path: string,
  { reset: isReset = false, version = 1, onFailure = () => {} }: DataDirectoryOptions = {},
): DataDirectory {
  const isNew = !existsSync(join(path, versionFile))
  const { lock, created } = makeAndLock(path, { version, reset: isReset })
  try {
    if (isReset) reset(path)
    markDirectory(path, version)
    const file = join(path, stateFile)
    const state = openState(file, (failure) => onFailure(`The state file ${file} ${failureMessages[failure]}`))
    const close = () => {
      state.close()
      lock.close()
    }
    return {
      path,
      state,
      announceClose() {
        try {
          writeFileSync(join(path, closingFile), '')
        } catch {
          // The folder was deleted, or its disk is full: a process that starts now fails instead of waiting.
        }
      },
      close,
      abandon() {
        close()
        if (!isNew) return
        reset(path)
        for (const name of [lockFile, closingFile, versionFile]) rmSync(join(path, name), { force: true })
        for (const folder of created) removeIfEmpty(folder)
      },
    }
  } catch (error) {
    lock.close()
    throw error
  }
}

/** SQLite's file lock ends with its process, even if that is killed; a file with a process id would remain. */
function makeAndLock(
  path: string,
  options: { version: number; reset: boolean },
): { lock: DatabaseSync; created: readonly string[] } {
  let lock: DatabaseSync | undefined
  try {
    checkDataVersion(path, options)
    const created = makeDirectory(resolve(path))
    // It contains keys, password hashes and emails.
    keepPrivate(path, 0o700)
    // Before the lock: a folder with any file but without this one is not a data directory.
    if (!existsSync(join(path, versionFile))) markDirectory(path, options.version)
    const closing = join(path, closingFile)
    lock = new DatabaseSync(join(path, lockFile), { timeout: existsSync(closing) ? closesWithinMs : 0 })
    lock.exec('BEGIN EXCLUSIVE')
    rmSync(closing, { force: true })
    return { lock, created }
  } catch (error) {
    lock?.close()
    if (error instanceof StartError) throw error
    if (isBusy(error)) {
      throw new StartError('data-in-use', `Another local system is already running on the data directory ${path}.`)
    }
    const reason = (error as Error).message
    throw new StartError('data-unusable', `The data directory ${path} cannot be used: ${reason}.`, { cause: error })
  }
}

/**
 * Creates one folder at a time: Node's recursive mkdir does not return below a folder such as /proc that allows no entries.
 * @returns the folders that were created, the innermost first
 */
function makeDirectory(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isDirectory()) return []
  if (found) throw new Error(`${path} is a file, not a folder`)
  const parents = makeDirectory(dirname(path))
  mkdirSync(path)
  return [path, ...parents]
}

/** Takes the rights that earlier versions gave to other users of the machine; not every file system has them. */
function keepPrivate(path: string, mode: number): void {
  try {
    chmodSync(path, mode)
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

/** SQLITE_BUSY */
const isBusy = (error: unknown) => (error as { errcode?: number }).errcode === 5

const failureMessages: Readonly<Record<StateFailure, string>> = {
  full: 'has no space left on its disk. Acknowledged writes are stored: free some space and start again.',
  damaged: 'was damaged while it was in use. It is left unchanged: replace it with a copy, or start with --reset.',
  unreadable: 'can no longer be read or written. Check its disk and start again.',
}

function openState(file: string, onFailure: (failure: StateFailure) => void): State {
  let state: State | undefined
  try {
    let opened = false
    // SQLite creates its other files with the mode of this one.
    closeSync(openSync(file, 'a', 0o600))
    keepPrivate(file, 0o600)
    // Damage that is found while opening is reported by the exception instead.
    state = new State(file, (failure) => opened && onFailure(failure))
    const damage = state.get<{ quick_check: string }>('PRAGMA quick_check')?.quick_check
    if (damage !== 'ok') throw new Error(damage)
    opened = true
    return state
  } catch (error) {
    closeQuietly(state)
    const message = `The state file ${file} is damaged (${(error as Error).message}): start with --reset to delete it.`
    throw new StartError('data-broken', message, { cause: error })
  }
}

/** Closing a damaged database may fail as well; the damage itself is what the caller reports. */
function closeQuietly(state: State | undefined): void {
  try {
    state?.close()
  } catch (error) {
    console.warn(`The state file could not be closed: ${(error as Error).message}`)
  }
}

/** Deletes what the local system stored, and no other file. */
function reset(path: string): void {
  for (const name of [stateFile, `${stateFile}-wal`, `${stateFile}-shm`]) rmSync(join(path, name), { force: true })
}

function removeIfEmpty(folder: string): void {
  if (readdirSync(folder).length === 0) rmdirSync(folder)
}
