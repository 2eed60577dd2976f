import type { Readable } from 'node:stream'

/** The payload that Lambda returns for a failed function. */
export interface FunctionError {
  readonly errorType: string
  readonly errorMessage: string
  readonly trace?: string[]
}

/** How one invocation ended. */
export type Outcome =
  | { readonly kind: 'success'; readonly payload: string }
  | { readonly kind: 'error'; readonly error: FunctionError }

export const timedOut = 'Sandbox.Timedout'

/** Why the host killed an environment; a time limit has its milliseconds. */
export type KillReason = { readonly limitMs: number } | 'memory' | 'stopped'

/**
 * The error that Lambda reports when the process of an environment ends during an invocation.
 * @param reason undefined when it exited by itself
 */
export function exitError(
  reason: KillReason | undefined,
  exit: { code: number | null; signal: NodeJS.Signals | null },
): { errorType: string; message: string } {
  switch (reason) {
    case 'memory':
      return { errorType: 'Runtime.OutOfMemory', message: 'Runtime exited with error: signal: killed' }
    case 'stopped':
      return { errorType: 'Runtime.ExitError', message: 'Runtime exited because the local system stopped' }
    case undefined:
      return { errorType: 'Runtime.ExitError', message: describeExit(exit) }
    default:
      return { errorType: timedOut, message: `Task timed out after ${(reason.limitMs / 1000).toFixed(2)} seconds` }
  }
}

function describeExit({ code, signal }: { code: number | null; signal: NodeJS.Signals | null }): string {
  if (signal === 'SIGKILL') return 'Runtime exited with error: signal: killed'
  if (signal !== null) return `Runtime exited with error: signal: ${signal.slice(3).toLowerCase()}`
  return code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: exit status ${code}`
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
