import { Cron } from 'croner'
import { dayMs, type Cancel, type Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { validationError } from '../wire/aws-error.ts'

const schema = `CREATE TABLE IF NOT EXISTS due_time (
  arn TEXT PRIMARY KEY, expression TEXT NOT NULL, next_ms INTEGER NOT NULL)`

/** A schedule, and when it fires. */
export interface Timetable {
  readonly arn: string
  readonly expression: string
  /** @default UTC */
  readonly timezone?: string | undefined
}

/**
 * Fires schedules at their times. The next due time of each is stored: a restart does not reset a rate, and
 * times that were missed fire once.
 */
export class DueTimes {
  readonly #state: State
  readonly #clock: Clock
  readonly #timers = new Map<string, Cancel>()

  constructor({ state, clock }: { state: State; clock: Clock }) {
    this.#state = state
    this.#clock = clock
    this.#state.define(schema)
  }

  /** Starts a timetable. `fire` is called with the due time, in the transaction that stores the next one. */
  start(timetable: Timetable, fire: (dueMs: number) => void): void {
    const { arn, expression, timezone = 'UTC' } = timetable
    const stored = `${expression} ${timezone}`
    const known = this.#state.get<{ next_ms: number }>(
      'SELECT next_ms FROM due_time WHERE arn = ? AND expression = ?',
      arn,
      stored,
    )
    const nextMs = known?.next_ms ?? nextTimeMs(expression, this.#clock.now(), timezone)
    if (nextMs === undefined) return
    this.#state.run('INSERT OR REPLACE INTO due_time VALUES (?, ?, ?)', arn, stored, nextMs)
    const timer = this.#clock.schedule(nextMs - this.#clock.now(), () => this.#due(timetable, nextMs, fire))
    this.#timers.set(arn, timer)
  }

  stop(): void {
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
  }

  #due(timetable: Timetable, dueMs: number, fire: (dueMs: number) => void): void {
    const { arn, expression, timezone } = timetable
    // A timer cannot wait longer than 24.8 days and fires early then.
    if (this.#clock.now() < dueMs) return this.start(timetable, fire)
    this.#state.transaction(() => {
      const next = nextTimeMs(expression, this.#clock.now(), timezone)
      if (next === undefined) this.#state.run('DELETE FROM due_time WHERE arn = ?', arn)
      else this.#state.run('UPDATE due_time SET next_ms = ? WHERE arn = ?', next, arn)
      fire(dueMs)
    })
    this.start(timetable, fire)
  }
}

const unitMs: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: dayMs }

/**
 * The next due time of an expression after a time; undefined for one whose times are in the past.
 * @throws AwsError ValidationException
 */
export function nextTimeMs(expression: string, afterMs: number, timezone = 'UTC'): number | undefined {
  const rate = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression)
  if (rate && (rate[1] === '1') === (rate[3] === '')) return afterMs + Number(rate[1]) * unitMs[rate[2]!]!
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.split(/\s+/)
  if (fields?.length !== 6 || (fields[2] === '?') === (fields[4] === '?')) throw invalidSchedule()
  try {
    // AWS counts days of the week from 1 for Sunday, as Quartz does, writes steps as 0/10, and has no seconds.
    const options = { paused: true, timezone, alternativeWeekdays: true, sloppyRanges: true, mode: '7-part' } as const
    return new Cron(['0', ...fields].join(' '), options).nextRun(new Date(afterMs))?.getTime()
  } catch {
    throw invalidSchedule()
  }
}

const invalidSchedule = () => validationError('Parameter ScheduleExpression is not valid.')
