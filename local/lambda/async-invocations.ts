import { randomUUID } from 'node:crypto'
import type { Cancel, Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import { asyncDefaults, type AsyncConfiguration } from './async-configuration.ts'
import { AsyncOutcomes, type EndReason } from './async-outcomes.ts'
import type { FunctionRegistry, ResolvedFunction } from './function-registry.ts'
import type { Invoked, Invoker } from './invoker.ts'
import { backoffMs } from './pause.ts'

/** An asynchronous invocation that is queued, waits for a retry, or runs. */
export interface PendingInvocation {
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
 * restarts too; an event that exhausts its retries is sent to the on-failure destination or the dead-letter queue.
 */
export class AsyncInvocations {
  readonly #state: State
  readonly #clock: Clock
  readonly #functions: FunctionRegistry
  readonly #invoker: Pick<Invoker, 'invoke'>
  readonly #outcomes: AsyncOutcomes
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
    outcomes: AsyncOutcomes
    warn: (message: string) => void
  }) {
    this.#state = options.state
    this.#clock = options.clock
    this.#functions = options.functions
    this.#invoker = options.invoker
    this.#outcomes = options.outcomes
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
    const end = (reason: EndReason, invoked?: Invoked) =>
      this.#state.transaction(() => {
        this.#outcomes.deliver({ pending, configuration, limits, reason, invoked })
        this.#state.run('DELETE FROM lambda_async WHERE id = ?', pending.id)
      })
    if (this.#clock.now() - pending.accepted_ms > limits.maximumAgeMs) return end('EventAgeExceeded')
    const invoked = await this.#attempt(pending, target)
    if (!invoked) return
    if (invoked.outcome.kind === 'success') return end('Success', invoked)
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
}
