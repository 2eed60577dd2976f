import { mkdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { State, type StateFailure } from '../state/state.ts'
import { StartError } from './start-error.ts'

/** A data directory that this process holds alone. */
export interface DataDirectory {
  readonly path: string
  readonly state: State
  /** Where S3 keeps the bytes of objects. */
  readonly objects: string
  /** Tells that no more bytes fit beside the state file. */
  readonly objectsFull: () => void
  /** Lets the next process in. */
  close(): void
}

const lockFile = 'lock'
const stateFile = 'state.sqlite'
const objectsFolder = 'objects'

/**
 * @param options.reset whether everything that earlier runs left is deleted first
 * @throws StartError data-in-use, data-unusable, data-broken
 */
export function openDataDirectory(
  path: string,
  options: { reset?: boolean; onFailure?: (sentence: string) => void } = {},
): DataDirectory {
  const lock = makeAndLock(path)
  try {
    if (options.reset) reset(path)
    const file = join(path, stateFile)
    const { onFailure = () => {} } = options
    const state = openState(file, (failure) => onFailure(sentenceAbout(failure, file)))
    const close = () => {
      state.close()
      lock.close()
    }
    const objects = join(path, objectsFolder)
    return { path, state, objects, objectsFull: () => onFailure(sentenceAboutFull(`objects in ${objects}`)), close }
  } catch (error) {
    lock.close()
    throw error
  }
}

/** SQLite's file lock goes with its process, however that ends, which a file with a process id in it does not. */
function makeAndLock(path: string): DatabaseSync {
  let lock: DatabaseSync | undefined
  try {
    makeDirectory(resolve(path))
    lock = new DatabaseSync(join(path, lockFile))
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock?.close()
    if (isBusy(error)) {
      throw new StartError('data-in-use', `Another local system is already running on the data directory ${path}.`)
    }
    const reason = (error as Error).message
    throw new StartError('data-unusable', `The data directory ${path} cannot be used: ${reason}.`, { cause: error })
  }
}

/** One folder at a time: Node's recursive mkdir does not return where a parent takes no entries, as /proc. */
function makeDirectory(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isDirectory()) return
  if (found) throw new Error(`${path} is a file, not a folder`)
  makeDirectory(dirname(path))
  mkdirSync(path)
}

/** SQLITE_BUSY */
const isBusy = (error: unknown) => (error as { errcode?: number }).errcode === 5

function sentenceAbout(failure: StateFailure, file: string): string {
  switch (failure) {
    case 'full':
      return sentenceAboutFull(`the state file ${file}`)
    case 'damaged':
      return `The state file ${file} was damaged while it was in use. It is left as it is: put a copy in its place, or start with --reset.`
    case 'unreadable':
      return `The state file ${file} can no longer be read or written. Look at its disk, and start again.`
    default:
      return failure satisfies never
  }
}

const sentenceAboutFull = (what: string) =>
  `The disk of ${what} is full. What was acknowledged is kept: make room and start again.`

function openState(file: string, onFailure: (failure: StateFailure) => void): State {
  let state: State | undefined
  try {
    let opened = false
    // What is wrong with the file from the start is told by the exception.
    state = new State(file, (failure) => opened && onFailure(failure))
    const damage = state.get<{ quick_check: string }>('PRAGMA quick_check')?.quick_check
    if (damage !== 'ok') throw new Error(damage)
    opened = true
    return state
  } catch (error) {
    closeQuietly(state)
    const message = `The state file ${file} is damaged (${(error as Error).message}): start with --reset to begin anew.`
    throw new StartError('data-broken', message, { cause: error })
  }
}

/** A damaged database may refuse to close, too; the damage itself is what is told. */
function closeQuietly(state: State | undefined): void {
  try {
    state?.close()
  } catch (error) {
    console.warn(`The state file could not be closed: ${(error as Error).message}`)
  }
}

function reset(path: string): void {
  for (const name of [stateFile, `${stateFile}-wal`, `${stateFile}-shm`, objectsFolder]) {
    rmSync(join(path, name), { recursive: true, force: true })
  }
}
