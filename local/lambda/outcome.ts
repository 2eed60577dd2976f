import type { Readable } from 'node:stream'

/** The payload that Lambda returns for a failed function. */
export interface FunctionError {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace?: string[]
}

/** How one invocation ended. A throttled call is not an outcome but an AwsError. */
export type Outcome =
  { readonly kind: 'success'; readonly payload: string } | { readonly kind: 'error'; readonly error: FunctionError }

/**
 * The first line of a stack trace in the app's own code, such as `at lend (services/desk/lend.ts:12:9)`; files below the
 * working directory are relative to it.
 */
export function placeOf(stack: readonly string[]): string | undefined {
  const frames = stack.filter(
    (line) => /^\s*at .*:\d+/.test(line) && !/node:|node_modules|lambda\/runtime\//.test(line),
  )
  const frame = frames.find((line) => /\.[cm]?tsx?:/.test(line)) ?? frames[0]
  return frame?.trim().replace('file://', '').replace(`${process.cwd()}/`, '')
}

/** Why the host killed an environment. */
export type KillReason = 'invoke-timeout' | 'init-timeout' | 'memory' | 'stopped'

export const initLimitMs = 10_000

const seconds = (ms: number) => (ms / 1000).toFixed(2)

const timeoutMessage = (reason: 'invoke-timeout' | 'init-timeout', timeoutMs: number) =>
  `Task timed out after ${seconds(reason === 'init-timeout' ? initLimitMs : timeoutMs)} seconds`

/**
 * The error that Lambda reports when the process of an environment ends during an invocation.
 * @param reason undefined when it exited by itself
 */
export function exitError(
  reason: KillReason | undefined,
  exit: { code: number | null; signal: NodeJS.Signals | null },
  timeoutMs: number,
): { errorType: string; message: string } {
  switch (reason) {
    case 'invoke-timeout':
    case 'init-timeout':
      return { errorType: 'Sandbox.Timedout', message: timeoutMessage(reason, timeoutMs) }
    case 'memory':
      return { errorType: 'Runtime.OutOfMemory', message: 'Runtime exited with error: signal: killed' }
    case 'stopped':
      return { errorType: 'Runtime.ExitError', message: 'Runtime exited because the local system stopped' }
    case undefined:
      return { errorType: 'Runtime.ExitError', message: describeExit(exit) }
    default:
      return reason satisfies never
  }
}

function describeExit({ code, signal }: { code: number | null; signal: NodeJS.Signals | null }): string {
  if (signal === 'SIGKILL') return 'Runtime exited with error: signal: killed'
  if (signal === 'SIGABRT') return 'Runtime exited with error: signal: aborted'
  if (signal !== null) return `Runtime exited with error: signal: ${signal.slice(3).toLowerCase()}`
  if (code === 0) return 'Runtime exited without providing a reason'
  return `Runtime exited with error: exit status ${code}`
}

/**
 * Splits the output of an environment into lines and reports when the output of an invocation is complete: the runtime
 * client ends it with a mark and its reply on a line of its own (or at the end of an unfinished line).
 * @param to.endMark of the running invocation
 * @param to.onEnd gets the text after the mark
 */
export function readOutput(
  source: Readable,
  to: { onLine: (line: string) => void; endMark: () => string; onEnd: (reply: string) => void },
): void {
  let unfinished: string[] = []
  const take = (line: string) => {
    const mark = line.includes('\0') ? line.indexOf(to.endMark()) : -1
    const text = mark < 0 ? line : line.slice(0, mark)
    if (text !== '') to.onLine(text)
    if (mark >= 0) to.onEnd(line.slice(mark + to.endMark().length))
  }
  const takeUnfinished = () => {
    const line = unfinished.join('')
    unfinished = []
    take(line)
  }
  source.setEncoding('utf8')
  source.on('data', (chunk: string) => {
    const [first, ...lines] = chunk.split('\n') as [string, ...string[]]
    unfinished.push(first)
    if (lines.length === 0) return
    takeUnfinished()
    unfinished.push(lines.pop()!)
    for (const line of lines) take(line)
  })
  source.on('end', takeUnfinished)
}
