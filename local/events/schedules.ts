import { Cron } from 'croner'
import type { Cancel, Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { validationError } from '../wire/aws-error.ts'
import type { Rule } from './registry.ts'

const schema = `CREATE TABLE IF NOT EXISTS events_schedule (
  rule_arn TEXT PRIMARY KEY, expression TEXT NOT NULL, next_ms INTEGER NOT NULL)`

const unitMs: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/**
 * Fires rules that have a schedule. The next due time of each is stored: a restart does not reset a rate, and times
 * that were missed fire once.
 */
export class Schedules {
  readonly #state: State
  readonly #clock: Clock
  readonly #fire: (rule: Rule) => void
  readonly #timers = new Map<string, Cancel>()

  constructor(options: { state: State; clock: Clock; fire: (rule: Rule) => void }) {
    this.#state = options.state
    this.#clock = options.clock
    this.#fire = options.fire
    this.#state.define(schema)
  }

  /** Starts the schedule of a rule; it replaces the rule's earlier schedule. */
  set(rule: Rule): void {
    this.#timers.get(rule.arn)?.()
    this.#timers.delete(rule.arn)
    const expression = rule.scheduleExpression
    if (expression === undefined || !rule.enabled) return
    const known = this.#state.get<{ next_ms: number }>(
      'SELECT next_ms FROM events_schedule WHERE rule_arn = ? AND expression = ?',
      rule.arn,
      expression,
    )
    const nextMs = known?.next_ms ?? nextTimeMs(expression, this.#clock.now())
    if (nextMs === undefined) return
    this.#state.run('INSERT OR REPLACE INTO events_schedule VALUES (?, ?, ?)', rule.arn, expression, nextMs)
    const timer = this.#clock.schedule(nextMs - this.#clock.now(), () => this.#due(rule, expression, nextMs))
    this.#timers.set(rule.arn, timer)
  }

  stop(): void {
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
  }

  #due(rule: Rule, expression: string, dueMs: number): void {
    // A timer cannot wait longer than 24.8 days and fires early then.
    if (this.#clock.now() < dueMs) return this.set(rule)
    this.#state.transaction(() => {
      const next = nextTimeMs(expression, this.#clock.now())
      if (next === undefined) this.#state.run('DELETE FROM events_schedule WHERE rule_arn = ?', rule.arn)
      else this.#state.run('UPDATE events_schedule SET next_ms = ? WHERE rule_arn = ?', next, rule.arn)
      this.#fire(rule)
    })
    this.set(rule)
  }
}

/**
 * The next due time of a schedule after a time; undefined for a cron expression whose years are in the past.
 * @throws AwsError ValidationException
 */
export function nextTimeMs(expression: string, afterMs: number): number | undefined {
  const rate = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression)
  if (rate && (rate[1] === '1') === (rate[3] === '')) return afterMs + Number(rate[1]) * unitMs[rate[2]!]!
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.split(/\s+/)
  if (fields?.length !== 6 || (fields[2] === '?') === (fields[4] === '?')) throw invalidSchedule()
  try {
    // AWS counts days of the week from 1 for Sunday, as Quartz does, writes steps as 0/10, and has no seconds.
    const cron = new Cron(['0', ...fields].join(' '), {
      paused: true,
      timezone: 'UTC',
      alternativeWeekdays: true,
      sloppyRanges: true,
      mode: '7-part',
    })
    return cron.nextRun(new Date(afterMs))?.getTime()
  } catch {
    throw invalidSchedule()
  }
}

const invalidSchedule = () => validationError('Parameter ScheduleExpression is not valid.')
