import type { Clock } from '../clock.ts'
import type { StreamLog } from '../dynamodb/stream-log.ts'
import type { AccessControl, AccessRequest } from '../iam/types.ts'
import type { SqsService } from '../sqs/service.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Destinations } from './destination.ts'
import { roleOf, type FunctionConfiguration } from './function-configuration.ts'
import type { FunctionMetrics } from './function-telemetry.ts'
import type { FunctionRegistry } from './function-registry.ts'
import { eventLimitBytes, type Invoker, type InvokeRequest, type Invoked } from './invoker.ts'

/** The dependencies of the pollers of event source mappings. */
export interface PollerContext {
  readonly state: State
  readonly clock: Clock
  readonly access: AccessControl
  readonly functions: FunctionRegistry
  readonly invoker: Pick<Invoker, 'invoke'>
  readonly sqs: SqsService
  readonly streams: StreamLog
  readonly destinations: Destinations
  readonly metrics: FunctionMetrics
  /** Prints a warning in the terminal. */
  readonly warn: (message: string) => void
}

const firstPauseMs = 1000
const longestPauseMs = 60_000

/**
 * Calls `round` repeatedly until `signal` aborts. An AwsError of a round (a missing permission, a deleted queue) is
 * reported once, and the round is retried with exponential backoff.
 */
export async function repeat(
  round: () => Promise<void>,
  options: { what: string; context: PollerContext; signal: AbortSignal },
): Promise<void> {
  const { what, context, signal } = options
  let failures = 0
  let reported: string | undefined
  while (!signal.aborted) {
    try {
      await round()
      failures = 0
      reported = undefined
    } catch (error) {
      if (signal.aborted) return
      const message = `${what} failed and is retried: ${(error as Error).message}`
      if (!(error instanceof AwsError)) throw new Error(message, { cause: error })
      if (reported !== message) context.warn(message)
      reported = message
      await pause(context.clock, backoffMs(failures++, firstPauseMs, longestPauseMs), signal)
    }
  }
}

/** @throws AwsError naming the permission that the function's role is missing */
export function requireOf(
  configuration: FunctionConfiguration,
  context: PollerContext,
  actions: readonly string[],
  resource: string,
): void {
  const requests = actions.map((action): AccessRequest => ({ action, resource }))
  context.access.require(roleOf(configuration), requests)
}

/** Lambda invokes a function with fewer records than the batch size when more would exceed the limit of an event. */
export const isTooLarge = (event: string) => Buffer.byteLength(event) > eventLimitBytes

/** Retries a throttled invocation until `untilMs`. @returns undefined when that time has passed */
export async function invokeUnthrottled(
  mapping: { functionName: string },
  request: InvokeRequest,
  options: { context: PollerContext; signal: AbortSignal; untilMs: number },
): Promise<Invoked | undefined> {
  const { context, signal, untilMs } = options
  for (let attempts = 0; context.clock.now() < untilMs; attempts++) {
    const { configuration, arn } = context.functions.resolve(mapping.functionName)
    try {
      return await context.invoker.invoke(configuration, { invokedFunctionArn: arn, ...request })
    } catch (error) {
      if (!(error instanceof AwsError) || error.name !== 'TooManyRequestsException' || signal.aborted) throw error
      await pause(context.clock, backoffMs(attempts, 50, 5000), signal)
    }
  }
  return undefined
}

/** Waits, and returns early when `signal` aborts. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.schedule(delayMs, done)
    signal.addEventListener('abort', done)
  })
}

/** Doubles from `firstMs` with each attempt, up to `maximumMs`. */
export const backoffMs = (attempts: number, firstMs: number, maximumMs: number) =>
  Math.min(maximumMs, firstMs * 2 ** attempts)

/** Which items of a batch a function with `ReportBatchItemFailures` reported. */
export type BatchResult =
  | { readonly kind: 'all-succeeded' }
  | { readonly kind: 'all-failed'; readonly why: string }
  | { readonly kind: 'some-failed'; readonly identifiers: ReadonlySet<string> }

/**
 * Reads a partial batch response as Lambda does: no response, or an empty or missing list, means that all items
 * succeeded; an invalid response (another type, an empty or unknown identifier) means that all failed.
 * @param payload the function's response as JSON text
 * @param identifiers of the items in the batch
 */
export function readBatchResponse(payload: string, identifiers: readonly string[]): BatchResult {
  const response: unknown = JSON.parse(payload)
  if (response === null) return { kind: 'all-succeeded' }
  if (typeof response !== 'object') return { kind: 'all-failed', why: 'the response is not an object' }
  const failures = (response as { batchItemFailures?: unknown }).batchItemFailures
  if (failures === undefined || failures === null) return { kind: 'all-succeeded' }
  if (!Array.isArray(failures)) return { kind: 'all-failed', why: 'batchItemFailures is not a list' }
  const failed = new Set<string>()
  for (const failure of failures) {
    const identifier: unknown = failure?.itemIdentifier
    if (typeof identifier !== 'string' || !identifiers.includes(identifier)) {
      return { kind: 'all-failed', why: `the itemIdentifier ${JSON.stringify(identifier)} is not in the batch` }
    }
    failed.add(identifier)
  }
  return failed.size === 0 ? { kind: 'all-succeeded' } : { kind: 'some-failed', identifiers: failed }
}
