import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

/** Reading /proc takes microseconds, starting `ps` (macOS) some milliseconds. */
const checkEveryMs = process.platform === 'linux' ? 200 : 1000

/**
 * Calls back once when the process that started this one has ended: one that was killed cannot pass a signal on. npm
 * starts a script with a shell, which does not pass signals on either, so npm itself is watched as well. On Windows only
 * Ctrl-C ends this process.
 * @returns a function that stops watching
 */
export function watchParent(onExit: () => void): () => void {
  if (process.platform === 'win32') return () => {}
  const hasEnded = observed()
  const check = () => {
    if (!hasEnded()) return
    clearInterval(timer)
    onExit()
  }
  const timer = setInterval(check, checkEveryMs)
  timer.unref()
  check()
  return () => clearInterval(timer)
}

/** @returns whether the parent, or npm above it, has ended since this call, or, in an npm script, before it */
function observed(): () => boolean {
  const parentId = process.ppid
  const isScript = process.env['npm_lifecycle_event'] !== undefined
  if (parentId === 1) return () => isScript && !isNpm(1)
  const parent = isScript ? processOf(parentId) : undefined
  if (!parent || !isShell.test(parent.name)) return () => process.ppid !== parentId
  if (parent.parentId === 1 && !isNpm(1)) return () => true
  return () => process.ppid !== parentId || processOf(parentId)?.parentId !== parent.parentId
}

const isShell = /^-?(ba|da|k|z|a)?sh$/

/** npm's title is its command line. */
const isNpm = (id: number) => /^(npm|node)/.test(processOf(id)?.name ?? '')

/** The name and the parent of a process; undefined when it does not exist. */
function processOf(id: number): { name: string; parentId: number } | undefined {
  const found =
    process.platform === 'linux'
      ? /\((.*)\) \S (\d+) /s.exec(statOf(id))
      : / *(.*\S) +(\d+)\s*$/s.exec(
          spawnSync('ps', ['-o', 'comm=,ppid=', '-p', String(id)], { encoding: 'utf8' }).stdout ?? '',
        )
  return found ? { name: basename(found[1]!), parentId: Number(found[2]) } : undefined
}

function statOf(id: number): string {
  try {
    return readFileSync(`/proc/${id}/stat`, 'latin1')
  } catch {
    return ''
  }
}

/** Codes of a write to a pipe whose reader has ended, and to a terminal that was closed. */
const closedCodes = ['EPIPE', 'EIO']

/**
 * Calls back once when the reader of this process's output has ended, as after `| head -2`. Without this call Node ends
 * the process with a stack trace.
 */
export function onOutputClosed(onClosed: () => void): void {
  let isClosed = false
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!closedCodes.includes(error.code ?? '')) throw error
      if (!isClosed) onClosed()
      isClosed = true
    })
  }
}
