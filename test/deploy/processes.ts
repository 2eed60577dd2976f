import { spawn, type SpawnOptions } from 'node:child_process'
import { createWriteStream } from 'node:fs'

export interface Finished {
  readonly code: number | null
  /** The output to stdout and stderr, in order. */
  readonly output: string
}

/**
 * Runs a command to its end and logs its output to a file. The signal kills it with all of its child processes.
 * @throws Error when it cannot be started, or the signal ended it
 */
export async function runToEnd(
  command: string,
  args: readonly string[],
  { logFile, input, signal, ...options }: SpawnOptions & { logFile: string; input?: string; signal: AbortSignal },
): Promise<Finished> {
  const log = createWriteStream(logFile, { flags: 'a' })
  signal.throwIfAborted()
  // A process group can be killed as a whole.
  const child = spawn(command, args, { ...options, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  const end = () => child.pid !== undefined && endGroup(child.pid)
  signal.addEventListener('abort', end)
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      log.write(chunk)
    })
  }
  child.stdin.on('error', () => {}).end(input ?? '')
  try {
    const code = await new Promise<number | null>((done, reject) => child.once('error', reject).once('close', done))
    signal.throwIfAborted()
    return { code, output: Buffer.concat(chunks).toString() }
  } finally {
    signal.removeEventListener('abort', end)
    log.end()
  }
}

/** Kills a process that leads a group, and the group. */
export function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // It has ended already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
