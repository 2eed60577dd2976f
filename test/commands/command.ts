import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { eventually } from '#scripts/lib/api-client.ts'
import { noAccount } from '#test/support/no-account.ts'

const root = join(import.meta.dirname, '../..')

export interface Command {
  readonly process: ChildProcess
  readonly output: () => string
  /** Exit code, or the name of the signal. */
  readonly ended: Promise<number | string>
  /** Resolves when the output contains `text`; rejects when the command exits first. */
  printed(text: string): Promise<void>
}

/** Runs npm as in a terminal. */
export const npm = (args: readonly string[], env: Record<string, string> = {}): Command => command('npm', args, env)

/**
 * @param options.cwd @default this checkout
 * @param options.detached whether it leads a process group, which can be killed as a whole. @default false
 */
export function command(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
  options: { readonly cwd?: string; readonly detached?: boolean } = {},
): Command {
  const child = spawn(program, args, {
    cwd: root,
    ...options,
    env: { ...process.env, PORT: '0', WEB_PORT: '0', AWS_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const ended = new Promise<number | string>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown')),
  )
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk
      for (const listener of listeners) listener()
    })
  }
  return {
    process: child,
    output: () => output,
    ended,
    printed: (text) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (!output.includes(text)) return
          listeners.delete(check)
          resolve()
        }
        listeners.add(check)
        check()
        void ended.then((code) => reject(new Error(`It exited with ${code} before it printed “${text}”:\n${output}`)))
      }),
  }
}

/**
 * Runs a script of scripts/commands to its end, without npm, which would double the duration.
 * @param env @default no AWS account
 */
export async function runScript(name: string, args: readonly string[], env: Record<string, string> = {}) {
  const started = command(process.execPath, [`scripts/commands/${name}.ts`, ...args], { ...noAccount, ...env })
  return { code: await started.ended, lines: started.output().trim().split('\n') }
}

/** All descendants of a process, from the process table of the operating system. */
export function descendants(processId: number): number[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number))
  const children = rows.filter(([, parentId]) => parentId === processId).map(([id]) => id!)
  return children.flatMap((id) => [id, ...descendants(id)])
}

/** Whether a process still exists. */
export function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch {
    return false
  }
}

/**
 * Signals npm, and waits until all processes below it have ended. npm passes the signal to the shell between it and the
 * command, which may end without passing it on; the command then notices that npm has ended.
 */
export async function stopNpm({ process: child, ended }: Command, signal: NodeJS.Signals): Promise<void> {
  const family = descendants(child.pid!)
  child.kill(signal)
  await ended
  await eventually('every process to end', async () => !family.some(isAlive))
}
