import { spawn, type SpawnOptions } from 'node:child_process'
import { createWriteStream } from 'node:fs'

export interface Finished {
  readonly code: number | null
  /** What it wrote, both streams in their order. */
  readonly output: string
}

/**
 * Runs a command to its end, its output in a file. The signal ends it.
 * @throws Error when it cannot be started, or the signal ended it
 */
export async function runToEnd(
  command: string,
  args: readonly string[],
  { logFile, input, ...options }: SpawnOptions & { logFile: string; input?: string },
): Promise<Finished> {
  const log = createWriteStream(logFile, { flags: 'a' })
  const child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
  const chunks: Buffer[] = []
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      log.write(chunk)
    })
  }
  child.stdin!.on('error', () => {}).end(input ?? '')
  try {
    const code = await new Promise<number | null>((done, reject) => child.once('error', reject).once('close', done))
    return { code, output: Buffer.concat(chunks).toString() }
  } finally {
    log.end()
  }
}
