import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { CommandError } from '../errors.ts'

/** The files by which the CDK CLI locks an assembly: their names, or their contents, are ids of processes. */
const writer = 'synth.lock'
const reader = /^read\.(\d+)\.\d+\.lock$/

const retryMs = 500

/**
 * Writes into the folder of an assembly while no other process does. The lock is that of the CDK CLI, so that neither
 * changes what the other one writes or deploys.
 * @param write called once the lock is held; while another process writes, this one waits
 * @throws CommandError while the CDK CLI deploys the folder
 */
export async function whileLocked(directory: string, write: () => Promise<void>, signal?: AbortSignal): Promise<void> {
  mkdirSync(directory, { recursive: true })
  while (!lock(directory)) await setTimeout(retryMs, undefined, { signal })
  try {
    const other = readersOf(directory).find(isRunning)
    if (other) throw new CommandError(`Process ${other} is deploying ${directory}. Repeat this when it has ended.`)
    await write()
  } finally {
    rmSync(join(directory, writer), { force: true })
  }
}

/** Whether this process now holds the lock. That of a process which was killed is removed. */
function lock(directory: string): boolean {
  const file = join(directory, writer)
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (!isRunning(Number(readIfPresent(file)))) rmSync(file, { force: true })
    return false
  }
}

function readIfPresent(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

const readersOf = (directory: string): number[] =>
  readdirSync(directory).flatMap((name) => reader.exec(name)?.slice(1).map(Number) ?? [])

/** An unfinished lock file is empty, and then counts as that of a process that has ended. */
function isRunning(processId: number): boolean {
  if (!(processId > 0)) return false
  try {
    return process.kill(processId, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
