import { randomUUID } from 'node:crypto'
import { propertyReader } from '../assembly/property-reader.ts'
import type { Cancel } from '../clock.ts'
import { AwsError } from '../wire/aws-error.ts'
import { deliver, readDestination } from './destination.ts'
import type { FunctionConfiguration } from './function-configuration.ts'
import { requireSize, type Invoked, type InvokeRequest } from './invoker.ts'
import type { PollerContext } from './poller.ts'

type AsyncContext = Omit<PollerContext, 'streams' | 'metrics'>

/** The retry policy and destination of a function's asynchronous invocations. */
interface AsyncConfiguration {
  readonly maximumRetries: number
  readonly maximumAgeMs: number
  readonly onFailure?: string
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
}

/** The largest event that is queued. Source: "Lambda quotas", invocation payload. */
const eventLimitBytes = 1024 * 1024

/** AWS waits one minute before the first retry and two before the second. */
const retryDelaysMs = [60_000, 120_000]
const retryAfterFaultMs = 60_000

/** A machine has few cores. */
const maximumConcurrency = 20

/**
 * The queue of asynchronous invocations, stored in the state file: an accepted event is invoked at least once, across
 * restarts too; an event that exhausts its retries is sent to the on-failure destination.
 */
export class AsyncInvocations {
  readonly #context: AsyncContext
  readonly #configurations = new Map<string, AsyncConfiguration>()
  readonly #running = new Map<number, Promise<void>>()
  #started = false
  #cancelWake: Cancel | undefined

  constructor(context: AsyncContext) {
    this.#context = context
    context.state.define(`
      CREATE TABLE IF NOT EXISTS lambda_async (
        id INTEGER PRIMARY KEY AUTOINCREMENT, function_arn TEXT NOT NULL, request_id TEXT NOT NULL, trace_id TEXT,
        event TEXT NOT NULL, accepted_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL, failures INTEGER NOT NULL DEFAULT 0);
      CREATE INDEX IF NOT EXISTS lambda_async_by_due ON lambda_async (due_ms)`)
  }

  configure(functionName: string, configuration: AsyncConfiguration): void {
    this.#configurations.set(functionName, configuration)
  }

  /**
   * Accepts an event; synchronous, so that it can be part of the caller's transaction.
   * @returns the request id
   * @throws AwsError `RequestEntityTooLargeException`
   */
  enqueue(functionArn: string, { event, traceId }: InvokeRequest): string {
    requireSize(event, eventLimitBytes)
    const { state, clock } = this.#context
    const requestId = randomUUID()
    const now = clock.now()
    state.run(
      'INSERT INTO lambda_async (function_arn, request_id, trace_id, event, accepted_ms, due_ms) VALUES (?, ?, ?, ?, ?, ?)',
      functionArn,
      requestId,
      traceId ?? null,
      event,
      now,
      now,
    )
    state.afterCommit(() => this.#runDue())
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
    const { state, clock } = this.#context
    const now = clock.now()
    const queued = state
      .all<PendingInvocation>('SELECT * FROM lambda_async ORDER BY due_ms, id LIMIT 200')
      .filter((pending) => !this.#running.has(pending.id))
    const due = queued.filter((each) => each.due_ms <= now)
    for (const pending of due.slice(0, Math.max(0, maximumConcurrency - this.#running.size))) {
      const run = this.#run(pending)
        .catch((error: Error) => this.#failedUnexpectedly(pending, error))
        .finally(() => {
          this.#running.delete(pending.id)
          this.#runDue()
        })
      this.#running.set(pending.id, run)
    }
    const next = queued.find((each) => each.due_ms > now)
    if (next) this.#cancelWake = clock.schedule(next.due_ms - now, () => this.#runDue())
  }

  async #run(pending: PendingInvocation): Promise<void> {
    const { state, clock, functions, invoker, warn } = this.#context
    const remove = () => void state.run('DELETE FROM lambda_async WHERE id = ?', pending.id)
    const target = functions.find(pending.function_arn)
    if (!target) {
      warn(`An event for ${pending.function_arn} was dropped: the function is no longer deployed.`)
      return remove()
    }
    const { configuration } = target
    const limits = this.#configurations.get(configuration.name) ?? asyncDefaults
    const isTooOld = (atMs: number) => atMs - pending.accepted_ms > limits.maximumAgeMs
    const end = (reason: FailureReason, invoked?: Invoked) =>
      state.transaction(() => {
        this.#reportFailure({ pending, configuration, reason, invoked }, limits.onFailure)
        remove()
      })
    if (isTooOld(clock.now())) return end('EventAgeExceeded')
    const { event, request_id: requestId, trace_id: traceId } = pending
    const invoked = await invoker.invoke(target, { event, requestId, traceId: traceId ?? undefined })
    if (invoked.outcome.kind === 'success') return remove()
    if (pending.failures >= limits.maximumRetries) return end('RetriesExhausted', invoked)
    const dueMs = clock.now() + retryDelaysMs[pending.failures]!
    if (isTooOld(dueMs)) return end('EventAgeExceeded', invoked)
    state.run('UPDATE lambda_async SET failures = failures + 1, due_ms = ? WHERE id = ?', dueMs, pending.id)
  }

  /** The event stays in the queue, for the next start if the system stops. */
  #failedUnexpectedly(pending: PendingInvocation, error: Error): void {
    if (!this.#started) return
    const { state, clock, warn } = this.#context
    warn(`An asynchronous invocation failed unexpectedly: ${error.stack}`)
    state.run('UPDATE lambda_async SET due_ms = ? WHERE id = ?', clock.now() + retryAfterFaultMs, pending.id)
  }

  /** A record that cannot be delivered is lost, as on AWS, and logged. */
  #reportFailure(failed: Failed, onFailure: string | undefined): void {
    const { configuration, pending, reason } = failed
    const { warn, clock } = this.#context
    const event = `An event for ${configuration.name} (request ${pending.request_id})`
    if (onFailure === undefined)
      return warn(`${event} was dropped: ${reason}, and the function has no on-failure destination.`)
    const prefix = `async/${configuration.name}`
    try {
      deliver(this.#context, onFailure, { configuration, record: recordOf(failed), prefix, nowMs: clock.now() })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      warn(`${event} was lost: ${error.message}`)
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
const recordOf = ({ pending, configuration, reason, invoked }: Failed) => ({
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
  const { fail, number } = propertyReader(properties, `The EventInvokeConfig of ${properties.FunctionName}`)
  const { OnFailure, ...others } = properties.DestinationConfig ?? {}
  const other = Object.keys(others)[0]
  if (other !== undefined) fail(`has a destination ${other}; only OnFailure is emulated`)
  return {
    maximumRetries: number('MaximumRetryAttempts', asyncDefaults.maximumRetries, 0, 2),
    maximumAgeMs: number('MaximumEventAgeInSeconds', asyncDefaults.maximumAgeMs / 1000, 60, 21_600) * 1000,
    ...(OnFailure && { onFailure: readDestination(OnFailure.Destination, fail) }),
  }
}
