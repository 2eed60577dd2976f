import type { Clock } from '../clock.ts'
import type { StreamSource } from '../dynamodb/stream-source.ts'
import type { AccessControl, AccessRequest, Principal } from '../iam/types.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Destinations } from './destination.ts'
import type { FunctionConfiguration } from './function-configuration.ts'
import type { FunctionMetrics } from './function-metrics.ts'
import type { FunctionRegistry } from './function-registry.ts'
import type { Invoker, InvokeRequest, Invoked } from './invoker.ts'
import type { QueueService } from './ports.ts'
import { backoffMs, pause } from './pause.ts'

/** What the pollers of event source mappings work with. */
export interface PollerContext {
  readonly state: State
  readonly clock: Clock
  readonly access: AccessControl
  readonly functions: FunctionRegistry
  readonly invoker: Pick<Invoker, 'invoke'>
  readonly sqs: QueueService
  readonly streams: StreamSource
  readonly destinations: Destinations
  readonly metrics: FunctionMetrics
  /** Says a sentence to the person at the terminal. */
  readonly warn: (sentence: string) => void
}

const firstPauseMs = 1000
const longestPauseMs = 60_000

/**
 * Calls `round` again and again until `signal` aborts. A round that throws (a permission that lacks, a queue that is
 * gone) is told once, and tried again after a growing pause.
 */
export async function repeat(
  round: () => Promise<void>,
  options: { what: string; context: PollerContext; signal: AbortSignal },
): Promise<void> {
  const { what, context, signal } = options
  let failures = 0
  let told: string | undefined
  while (!signal.aborted) {
    try {
      await round()
      failures = 0
      told = undefined
    } catch (error) {
      if (signal.aborted) return
      const sentence = `${what} waits: ${(error as Error).message}`
      if (!(error instanceof AwsError)) throw new Error(sentence, { cause: error })
      if (told !== sentence) context.warn(sentence)
      told = sentence
      await pause(context.clock, backoffMs(failures++, firstPauseMs, longestPauseMs), signal)
    }
  }
}

export const roleOf = (configuration: FunctionConfiguration): Principal => ({
  kind: 'role',
  roleArn: configuration.roleArn,
  functionName: configuration.name,
})

/** @throws AwsError naming what the function's role may not do */
export function requireOf(
  configuration: FunctionConfiguration,
  context: PollerContext,
  actions: readonly string[],
  resource: string,
): void {
  const requests = actions.map((action): AccessRequest => ({ action, resource }))
  context.access.require(roleOf(configuration), requests)
}

/** Invokes until the concurrency limits let it, or until `untilMs`. @returns undefined when that time has come */
export async function invokeUnthrottled(
  mapping: { functionName: string },
  request: InvokeRequest,
  options: { context: PollerContext; signal: AbortSignal; untilMs: number },
): Promise<Invoked | undefined> {
  const { context, signal, untilMs } = options
  for (let tries = 0; context.clock.now() < untilMs; tries++) {
    const { configuration, arn } = context.functions.resolve(mapping.functionName)
    try {
      return await context.invoker.invoke(configuration, { invokedFunctionArn: arn, ...request })
    } catch (error) {
      if (!(error instanceof AwsError) || error.name !== 'TooManyRequestsException' || signal.aborted) throw error
      await pause(context.clock, backoffMs(tries, 50, 5000), signal)
    }
  }
  return undefined
}
