import { execa } from 'execa'

interface GroupOptions {
  readonly cwd: string
  /** In addition to this process's own variables. */
  readonly env: Readonly<Record<string, string>>
  /** After this time the group is killed. */
  readonly limitSeconds: number
}

/**
 * Runs Node in a process group of its own, so that stopping it stops all of its processes; its standard output is not shown.
 * SIGINT and SIGTERM stop all groups that run at the time, and end this process with code 130.
 * @returns the exit code, and whether the time was over
 */
export async function runGroup(args: readonly string[], { cwd, env, limitSeconds }: GroupOptions) {
  const stdio = ['ignore', 'ignore', 'inherit'] as const
  const child = execa(process.execPath, args, { cwd, stdio: [...stdio], detached: true, reject: false, env })
  const end = (signal: NodeJS.Signals) => process.kill(-child.pid!, signal)
  let stopped = false
  const timer = setTimeout(() => {
    stopped = true
    end('SIGKILL')
  }, limitSeconds * 1000)
  const interrupted = () => {
    end('SIGTERM')
    // After the handlers of the other groups.
    setImmediate(() => process.exit(130))
  }
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  const { exitCode: code } = await child
  clearTimeout(timer)
  process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
  return { code, stopped }
}
