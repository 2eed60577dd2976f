import { randomUUID } from 'node:crypto'
import type { Cancel, Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import { readDestination, type Destination, type Destinations } from './destination.ts'
import { roleOf, type FunctionConfiguration } from './function-configuration.ts'
import type { FunctionRegistry, ResolvedFunction } from './function-registry.ts'
import type { Invoked, Invoker } from './invoker.ts'
import { backoffMs } from './poller.ts'

/** The retry policy and destination of a function's asynchronous invocations. */
interface AsyncConfiguration {
  readonly maximumRetries: number
  readonly maximumAgeMs: number
  readonly onFailure?: Destination
}

const asyncDefaults: AsyncConfiguration = { maximumRetries: 2, maximumAgeMs: 6 * 3_600_000 }

/** An asynchronous invocation that is queued, waits for a retry, or runs. */
interface PendingInvocation {
  readonly id: number
  /** With the qualifier that the caller used. */
  readonly function_arn: string
  readonly request_id: string
  readonly trace_id: string | null
  /** JSON text. */
  readonly event: string
  readonly accepted_ms: number
  readonly due_ms: number
  /** Failed attempts. */
  readonly failures: number
  /** Throttled attempts since the last failed one. */
  readonly throttles: number
}

/** AWS waits one minute before the first retry and two before the second. */
const retryDelaysMs = [60_000, 120_000]
const firstThrottleMs = 1000
const longestThrottleMs = 5 * 60_000
const retryAfterFaultMs = 60_000

/** More concurrent invocations would only be throttled and retried later. */
const maximumConcurrency = 20

/**
 * The queue of asynchronous invocations, stored in the state file: an accepted event is invoked at least once, across
 * restarts too; an event that exhausts its retries is sent to the on-failure destination.
 */
export class AsyncInvocations {
  readonly #state: State
  readonly #clock: Clock
  readonly #functions: FunctionRegistry
  readonly #invoker: Pick<Invoker, 'invoke'>
  readonly #destinations: Destinations
  readonly #warn: (message: string) => void
  readonly #configurations = new Map<string, AsyncConfiguration>()
  readonly #running = new Map<number, Promise<void>>()
  #started = false
  #cancelWake: Cancel | undefined

  constructor(options: {
    state: State
    clock: Clock
    functions: FunctionRegistry
    invoker: Pick<Invoker, 'invoke'>
    destinations: Destinations
    warn: (message: string) => void
  }) {
    this.#state = options.state
    this.#clock = options.clock
    this.#functions = options.functions
    this.#invoker = options.invoker
    this.#destinations = options.destinations
    this.#warn = options.warn
    this.#state.define(`
      CREATE TABLE IF NOT EXISTS lambda_async (
        id INTEGER PRIMARY KEY AUTOINCREMENT, function_arn TEXT NOT NULL, request_id TEXT NOT NULL, trace_id TEXT,
        event TEXT NOT NULL, accepted_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL,
        failures INTEGER NOT NULL DEFAULT 0, throttles INTEGER NOT NULL DEFAULT 0);
      CREATE INDEX IF NOT EXISTS lambda_async_by_due ON lambda_async (due_ms)`)
  }

  configure(functionName: string, configuration: AsyncConfiguration): void {
    this.#configurations.set(functionName, configuration)
  }

  /** Accepts an event; synchronous, so that it can be part of the caller's transaction. @returns the request id */
  enqueue(functionArn: string, event: string, traceId?: string): string {
    const requestId = randomUUID()
    const now = this.#clock.now()
    this.#state.run(
      'INSERT INTO lambda_async (function_arn, request_id, trace_id, event, accepted_ms, due_ms) VALUES (?, ?, ?, ?, ?, ?)',
      functionArn,
      requestId,
      traceId ?? null,
      event,
      now,
      now,
    )
    this.#state.afterCommit(() => this.#runDue())
    return requestId
  }

  start(): void {
    this.#started = true
    this.#runDue()
  }

  /** Stops starting invocations. @returns when the running ones have ended */
  async stop(): Promise<void> {
    this.#started = false
    this.#cancelWake?.()
    await Promise.all(this.#running.values())
  }

  #runDue(): void {
    if (!this.#started) return
    this.#cancelWake?.()
    const now = this.#clock.now()
    const queued = this.#state
      .all<PendingInvocation>('SELECT * FROM lambda_async ORDER BY due_ms, id LIMIT 200')
      .filter((pending) => !this.#running.has(pending.id))
    const due = queued.filter((each) => each.due_ms <= now)
    for (const pending of due.slice(0, Math.max(0, maximumConcurrency - this.#running.size))) {
      const run = this.#run(pending)
        .catch((error: Error) => {
          this.#warn(`An asynchronous invocation failed unexpectedly: ${error.stack}`)
          this.#postpone(pending, retryAfterFaultMs)
        })
        .finally(() => {
          this.#running.delete(pending.id)
          this.#runDue()
        })
      this.#running.set(pending.id, run)
    }
    const next = queued.find((each) => each.due_ms > now)
    if (next) this.#cancelWake = this.#clock.schedule(next.due_ms - now, () => this.#runDue())
  }

  async #run(pending: PendingInvocation): Promise<void> {
    const target = this.#functions.find(pending.function_arn)
    if (!target) {
      this.#warn(`An event for ${pending.function_arn} was dropped: the function is no longer deployed.`)
      this.#state.run('DELETE FROM lambda_async WHERE id = ?', pending.id)
      return
    }
    const { configuration } = target
    const limits = this.#configurations.get(configuration.name) ?? asyncDefaults
    const remove = () => void this.#state.run('DELETE FROM lambda_async WHERE id = ?', pending.id)
    const end = (reason: FailureReason, invoked?: Invoked) =>
      this.#state.transaction(() => {
        this.#reportFailure({ pending, configuration, reason, invoked }, limits.onFailure)
        remove()
      })
    if (this.#clock.now() - pending.accepted_ms > limits.maximumAgeMs) return end('EventAgeExceeded')
    const invoked = await this.#attempt(pending, target)
    if (!invoked) return
    if (invoked.outcome.kind === 'success') return remove()
    if (pending.failures >= limits.maximumRetries) return end('RetriesExhausted', invoked)
    const dueMs = this.#clock.now() + retryDelaysMs[pending.failures]!
    if (dueMs - pending.accepted_ms > limits.maximumAgeMs) return end('EventAgeExceeded', invoked)
    this.#state.run(
      'UPDATE lambda_async SET failures = failures + 1, throttles = 0, due_ms = ? WHERE id = ?',
      dueMs,
      pending.id,
    )
  }

  /** @returns undefined when it was throttled or the system stops; the event stays in the queue then */
  async #attempt(pending: PendingInvocation, { configuration, arn }: ResolvedFunction): Promise<Invoked | undefined> {
    try {
      return await this.#invoker.invoke(configuration, {
        event: pending.event,
        invokedFunctionArn: arn,
        requestId: pending.request_id,
        traceId: pending.trace_id ?? undefined,
      })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      this.#postpone(pending, backoffMs(pending.throttles, firstThrottleMs, longestThrottleMs))
      return undefined
    }
  }

  #postpone(pending: PendingInvocation, delayMs: number): void {
    this.#state.run(
      'UPDATE lambda_async SET throttles = throttles + 1, due_ms = ? WHERE id = ?',
      this.#clock.now() + delayMs,
      pending.id,
    )
  }

  /** A record that cannot be delivered is lost, as on AWS, and logged. */
  #reportFailure(failed: Failed, onFailure: Destination | undefined): void {
    const { configuration, pending, reason } = failed
    const event = `An event for ${configuration.name} (request ${pending.request_id})`
    if (!onFailure)
      return this.#warn(`${event} was dropped: ${reason}, and the function has no on-failure destination.`)
    const nowMs = this.#clock.now()
    const record = failureRecord(failed, nowMs)
    const prefix = `async/${configuration.name}`
    try {
      const caller = roleOf(configuration)
      this.#destinations.deliver(onFailure, { caller, record, wholeRecord: record, prefix, nowMs })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      this.#warn(`${event} was lost: ${error.message}`)
    }
  }
}

type FailureReason = 'RetriesExhausted' | 'EventAgeExceeded'

interface Failed {
  readonly pending: PendingInvocation
  readonly configuration: FunctionConfiguration
  readonly reason: FailureReason
  /** The last invocation, unless the event expired without one. */
  readonly invoked?: Invoked
}

/** Source: Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations". */
const failureRecord = ({ pending, configuration, reason, invoked }: Failed, nowMs: number) => ({
  version: '1.0',
  timestamp: new Date(nowMs).toISOString(),
  requestContext: {
    requestId: pending.request_id,
    functionArn: `${configuration.arn}:$LATEST`,
    condition: reason,
    approximateInvokeCount: pending.failures + (invoked ? 1 : 0),
  },
  requestPayload: JSON.parse(pending.event),
  ...(invoked?.outcome.kind === 'error' && {
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: invoked.outcome.error,
  }),
})

/** Reads AWS::Lambda::EventInvokeConfig. @throws Error naming what is out of range or not emulated */
export function readAsyncConfiguration(properties: Record<string, any>): AsyncConfiguration {
  const what = `The EventInvokeConfig of ${properties.FunctionName}`
  const number = (name: string, defaultValue: number, min: number, max: number) => {
    const value = Number(properties[name] ?? defaultValue)
    if (Number.isInteger(value) && value >= min && value <= max) return value
    throw new Error(`${what} has ${name} ${properties[name]}; it must be a whole number from ${min} to ${max}.`)
  }
  const { OnFailure, ...others } = properties.DestinationConfig ?? {}
  const other = Object.keys(others)[0]
  if (other !== undefined) throw new Error(`${what} has a destination ${other}; only OnFailure is emulated.`)
  return {
    maximumRetries: number('MaximumRetryAttempts', asyncDefaults.maximumRetries, 0, 2),
    maximumAgeMs: number('MaximumEventAgeInSeconds', asyncDefaults.maximumAgeMs / 1000, 60, 21_600) * 1000,
    ...(OnFailure && { onFailure: readDestination(OnFailure.Destination, what) }),
  }
}
