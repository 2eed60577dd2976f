import type { FunctionConfiguration } from './function-configuration.ts'

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

const timeoutMessage = (reason: 'invoke-timeout' | 'init-timeout', configuration: FunctionConfiguration) =>
  `Task timed out after ${seconds(reason === 'init-timeout' ? initLimitMs : configuration.timeoutMs)} seconds`

/**
 * The error that Lambda reports when the process of an environment ends during an invocation.
 * @param reason undefined when it exited by itself
 */
export function exitError(
  reason: KillReason | undefined,
  exit: { code: number | null; signal: NodeJS.Signals | null },
  configuration: FunctionConfiguration,
): { errorType: string; message: string } {
  switch (reason) {
    case 'invoke-timeout':
    case 'init-timeout':
      return { errorType: 'Sandbox.Timedout', message: timeoutMessage(reason, configuration) }
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
