import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** The files by which the CDK CLI locks an assembly. The first contains the id of the process that writes the assembly. */
const writer = 'synth.lock'
const reader = /^read\.(\d+)\.\d+\.lock$/

const retryMs = 500

/**
 * Writes into the folder of an assembly while no other process writes or reads it, and says when it waits for one. The lock
 * is that of the CDK CLI, so that neither changes what the other one writes or deploys.
 */
export async function whileLocked(directory: string, write: () => Promise<void>, signal?: AbortSignal): Promise<void> {
  mkdirSync(directory, { recursive: true })
  const release = () => unlock(directory)
  // Also when a signal ends this process meanwhile.
  process.once('exit', release)
  try {
    let isAnnounced = false
    for (let other = lock(directory); other !== undefined; other = lock(directory)) {
      if (!isAnnounced) console.error(`Waiting for process ${other}, which uses ${directory} …`)
      isAnnounced = true
      await setTimeout(retryMs, undefined, { signal })
    }
    await write()
  } finally {
    release()
    process.off('exit', release)
  }
}

/** The folders that this process has locked: a lock with its id is otherwise that of an earlier process with the same id. */
const locked = new Set<string>()

/** @returns the id of the process that uses the folder, or undefined when this process now holds the lock */
function lock(directory: string): number | undefined {
  const file = join(directory, writer)
  if (locked.has(directory)) return process.pid
  const writers = writersOf(file)
  const other = [...writers, ...readersOf(directory)].find(isAnotherRunning)
  if (other !== undefined) return other
  // Only one that was seen: another process may lock the folder meanwhile.
  if (writers.length > 0) rmSync(file, { force: true })
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return lock(directory)
  }
  locked.add(directory)
  return undefined
}

function unlock(directory: string): void {
  if (locked.delete(directory)) rmSync(join(directory, writer), { force: true })
}

function writersOf(file: string): number[] {
  try {
    return [Number(readFileSync(file, 'utf8'))]
  } catch {
    return []
  }
}

const readersOf = (directory: string): number[] =>
  readdirSync(directory).flatMap((name) => reader.exec(name)?.slice(1).map(Number) ?? [])

function isAnotherRunning(processId: number): boolean {
  if (!(processId > 0) || processId === process.pid) return false
  try {
    return process.kill(processId, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
