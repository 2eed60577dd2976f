import type { Clock } from '../clock.ts'
import type { MetricSink } from '../cloudwatch/metric.ts'
import type { StreamLog } from '../dynamodb/stream-log.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { DestinationServices } from './destination.ts'
import { roleOf } from './function-configuration.ts'
import type { FunctionRegistry, ResolvedFunction } from './function-registry.ts'
import { eventLimitBytes, type Invoked, type Invoker } from './invoker.ts'
import type { MappingConfiguration } from './mapping-configuration.ts'

/** The dependencies of the pollers of event source mappings. */
export interface PollerContext extends DestinationServices {
  readonly state: State
  readonly clock: Clock
  readonly functions: FunctionRegistry
  readonly invoker: Pick<Invoker, 'invoke'>
  readonly streams: StreamLog
  readonly metrics: MetricSink
  /** Prints a warning in the terminal. */
  readonly warn: (message: string) => void
}

const firstPauseMs = 1000
const longestPauseMs = 60_000

/** Invokes a function with batches from an event source. */
export abstract class Poller<Mapping extends MappingConfiguration> {
  protected readonly mapping: Mapping
  protected readonly context: PollerContext
  protected readonly signal: AbortSignal

  constructor(mapping: Mapping, context: PollerContext, signal: AbortSignal) {
    this.mapping = mapping
    this.context = context
    this.signal = signal
  }

  /** Handles the next batch. */
  protected abstract round(): Promise<void>

  /**
   * Polls until the signal aborts. An AwsError of a round (a missing permission, a deleted queue) is reported once, and the
   * round is retried with exponential backoff.
   */
  async run(): Promise<void> {
    let failures = 0
    let reported: string | undefined
    while (!this.signal.aborted) {
      try {
        await this.round()
        failures = 0
        reported = undefined
      } catch (error) {
        if (this.signal.aborted) return
        const { eventSourceArn, functionName } = this.mapping
        const message = `The poller of ${eventSourceArn} for ${functionName} failed and is retried: ${(error as Error).message}`
        if (!(error instanceof AwsError)) throw new Error(message, { cause: error })
        if (reported !== message) this.context.warn(message)
        reported = message
        await pause(this.context.clock, backoffMs(failures++, firstPauseMs, longestPauseMs), this.signal)
      }
    }
  }

  protected target(): ResolvedFunction {
    return this.context.functions.resolve(this.mapping.functionName)
  }

  /** @throws AwsError naming the permission on the event source that the function's role is missing */
  protected require(...actions: readonly string[]): void {
    const requests = actions.map((action) => ({ action, resource: this.mapping.eventSourceArn }))
    this.context.access.require(roleOf(this.target().configuration), requests)
  }

  /** Which items of a batch the function did not accept: `all` if nothing is known about single ones. */
  protected failuresOf({ outcome, requestId }: Invoked, identifiers: readonly string[]): 'all' | ReadonlySet<string> {
    if (outcome.kind === 'error') return 'all'
    if (!this.mapping.reportsItemFailures) return new Set()
    const failures = readBatchResponse(outcome.payload, identifiers)
    if (typeof failures !== 'string') return failures
    this.context.warn(`${this.mapping.functionName} failed the whole batch (request ${requestId}): ${failures}.`)
    return 'all'
  }
}

/** Lambda invokes a function with fewer records than the batch size when more would exceed the limit of an event. */
export const isTooLarge = (event: string) => Buffer.byteLength(event) > eventLimitBytes

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

/**
 * Reads a partial batch response as Lambda does: no response, or an empty or missing list, means that all items
 * succeeded; an invalid response (another type, an empty or unknown identifier) means that all failed.
 * @param payload the function's response as JSON text
 * @param identifiers of the items in the batch
 * @returns the identifiers of the items that failed, or why all failed
 */
export function readBatchResponse(payload: string, identifiers: readonly string[]): ReadonlySet<string> | string {
  const response: { batchItemFailures?: unknown } | null = JSON.parse(payload)
  if (response !== null && typeof response !== 'object') return 'the response is not an object'
  const failures = response?.batchItemFailures ?? []
  if (!Array.isArray(failures)) return 'batchItemFailures is not a list'
  const failed: unknown[] = failures.map((failure) => failure?.itemIdentifier)
  const unknown = failed.findIndex((identifier) => !(identifiers as readonly unknown[]).includes(identifier))
  if (unknown >= 0) return `the itemIdentifier ${JSON.stringify(failed[unknown])} is not in the batch`
  return new Set(failed as string[])
}
