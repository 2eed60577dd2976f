import { randomUUID } from 'node:crypto'
import { arn, type ResourceProvider } from '../assembly/provider.ts'
import type { Cancel, Clock } from '../clock.ts'
import { failureOf, retryDelayMs, type DeliveryFailure } from '../events/delivery-failure.ts'
import { isoSeconds } from '../events/event.ts'
import type { AccessControl, Principal } from '../iam/types.ts'
import { textAttributes, type MessageAttributes } from '../sqs/message.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import { DueTimes } from './due-times.ts'
import { scheduleProvider } from './resources.ts'
import { eventOf, type Execution, type Schedule } from './schedule.ts'

/** A row is an execution whose target did not accept it, to be retried at `next_ms`. */
const schema = `
CREATE TABLE IF NOT EXISTS scheduler_execution (
  id TEXT PRIMARY KEY, execution TEXT NOT NULL, retries INTEGER NOT NULL, next_ms INTEGER NOT NULL)`

/** The default group, which `aws:SourceArn` names when Scheduler assumes a role. */
export const groupArn = arn('scheduler', 'schedule-group/default')

interface SchedulerOptions {
  readonly state: State
  readonly clock: Clock
  readonly access: AccessControl
  /** Whether the trust policy of a role lets Scheduler assume it, on behalf of this group. */
  readonly canAssume: (roleArn: string, groupArn: string) => boolean
  /** Invokes a function asynchronously, in the current transaction. @throws AwsError when Lambda rejects the event */
  readonly invoke: (functionArn: string, payload: unknown, caller: Principal) => void
  /** Sends a message in the current transaction. @throws AwsError when the queue rejects it */
  readonly send: (queueArn: string, message: { body: string; attributes: MessageAttributes }) => unknown
  /** Called with one line about an event that is lost. */
  readonly report: (line: string) => void
}

/** EventBridge Scheduler: schedules of templates that invoke functions, with the permissions of the schedule's role. */
export class SchedulerService {
  readonly providers: readonly ResourceProvider[]
  readonly #options: SchedulerOptions
  readonly #schedules = new Map<string, Schedule>()
  readonly #dueTimes: DueTimes
  #started = false
  #timer: Cancel | undefined

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#dueTimes = new DueTimes(options)
    options.state.define(schema)
    this.providers = [
      scheduleProvider({
        canAssume: (roleArn) => options.canAssume(roleArn, groupArn),
        put: (schedule) => void this.#schedules.set(schedule.name, schedule),
      }),
    ]
  }

  /** Starts schedules and retries; call it once all resources exist. */
  start(): void {
    this.#started = true
    for (const schedule of this.#schedules.values()) {
      if (schedule.enabled) this.#dueTimes.start(schedule, (dueMs) => this.#execute(schedule, dueMs))
    }
    this.#setTimer()
  }

  stop(): void {
    this.#started = false
    this.#dueTimes.stop()
    this.#timer?.()
  }

  /** Executes the schedule of a function now, besides its own times; for tests. @throws Error when it has none */
  run(functionArn: string): void {
    const schedule = [...this.#schedules.values()].find(({ target }) => target.Arn === functionArn)
    if (!schedule) throw new Error(`No schedule invokes ${functionArn}.`)
    this.#options.state.transaction(() => this.#execute(schedule, this.#options.clock.now()))
  }

  #execute({ arn: scheduleArn, target }: Schedule, dueMs: number): void {
    const execution = { id: randomUUID(), scheduleArn, dueMs, target }
    const { state } = this.#options
    const next = this.#nextAttempt(execution, 0)
    if (next === undefined) return
    const row = [execution.id, JSON.stringify(execution), 0, next] as const
    state.run('INSERT INTO scheduler_execution (id, execution, retries, next_ms) VALUES (?, ?, ?, ?)', ...row)
    state.afterCommit(() => this.#setTimer())
  }

  /** Makes an attempt. @returns when to make the next one, or undefined when the execution has ended */
  #nextAttempt(execution: Execution, retries: number): number | undefined {
    const failure = this.#attempt(execution, retries)
    if (!failure) return undefined
    const { MaximumRetryAttempts = 185, MaximumEventAgeInSeconds = 86_400 } = execution.target.RetryPolicy ?? {}
    const nextMs = this.#options.clock.now() + retryDelayMs(retries)
    const isTooOld = nextMs - execution.dueMs > MaximumEventAgeInSeconds * 1000
    if (failure.retriable && retries < MaximumRetryAttempts && !isTooOld) return nextMs
    const exhausted = isTooOld ? 'MaximumEventAgeInSeconds' : 'MaximumRetryAttempts'
    this.#sendToDeadLetterQueue(execution, failure, { retries, ...(failure.retriable && { exhausted }) })
    return undefined
  }

  #attempt(execution: Execution, retries: number): DeliveryFailure | undefined {
    const { Arn, RoleArn } = execution.target
    try {
      this.#options.invoke(Arn, eventOf(execution, retries + 1), { kind: 'role', roleArn: RoleArn })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      return failureOf(error)
    }
    return undefined
  }

  /** Scheduler sends with the role of the schedule, unlike a rule, which needs the queue's policy. */
  #sendToDeadLetterQueue(
    execution: Execution,
    { code, message }: DeliveryFailure,
    { retries, exhausted }: { retries: number; exhausted?: string },
  ): void {
    const { id, scheduleArn, dueMs, target } = execution
    const { access, send, report } = this.#options
    const queueArn = target.DeadLetterConfig?.Arn
    const what = `of schedule ${scheduleArn} for ${target.Arn}: ${code}, ${message}`
    if (queueArn === undefined) return report(`Event lost because the schedule has no dead-letter queue: ${what}`)
    const attributes = textAttributes({
      SCHEDULE_ARN: scheduleArn,
      TARGET_ARN: target.Arn,
      EXECUTION_ID: id,
      SCHEDULED_TIME: isoSeconds(dueMs),
      ERROR_CODE: code,
      ERROR_MESSAGE: message,
      ...(exhausted !== undefined && { EXHAUSTED_RETRY_CONDITION: exhausted }),
      RETRY_ATTEMPTS: String(retries),
    })
    try {
      const role: Principal = { kind: 'role', roleArn: target.RoleArn }
      access.require(role, [{ action: 'sqs:SendMessage', resource: queueArn }])
      send(queueArn, { body: JSON.stringify(eventOf(execution, retries + 1)), attributes })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      report(`Event lost because its dead-letter queue ${queueArn} rejected it (${error.message}): ${what}`)
    }
  }

  #setTimer(): void {
    this.#timer?.()
    if (!this.#started) return
    const { state, clock } = this.#options
    const nextMs = state.get<{ at: number | null }>('SELECT MIN(next_ms) AS at FROM scheduler_execution')?.at
    if (nextMs === null || nextMs === undefined) return
    this.#timer = clock.schedule(nextMs - clock.now(), () => {
      this.#retryDue()
      this.#setTimer()
    })
  }

  #retryDue(): void {
    const { state, clock } = this.#options
    const rows = state.all<{ id: string; execution: string; retries: number }>(
      'SELECT * FROM scheduler_execution WHERE next_ms <= ? ORDER BY next_ms',
      clock.now(),
    )
    for (const { id, execution, retries } of rows) {
      state.transaction(() => {
        const next = this.#nextAttempt(JSON.parse(execution) as Execution, retries + 1)
        if (next === undefined) state.run('DELETE FROM scheduler_execution WHERE id = ?', id)
        else state.run('UPDATE scheduler_execution SET retries = ?, next_ms = ? WHERE id = ?', retries + 1, next, id)
      })
    }
  }
}
