import type { Cancel, Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import type { Alarm, CompositeAlarm, MetricAlarm } from './alarm.ts'
import { evaluateAlarm, extraPeriods, type AlarmState } from './alarm-evaluation.ts'
import { alarmsOf, holds } from './alarm-rule.ts'
import { minuteMs, type MetricStore } from './metric-store.ts'

const schema = `
CREATE TABLE IF NOT EXISTS cloudwatch_alarm (
  name TEXT PRIMARY KEY, state TEXT NOT NULL, reason TEXT NOT NULL, reason_data TEXT, since_ms INTEGER NOT NULL)`

/** The state of an alarm and when it last changed. */
export interface AlarmStatus {
  readonly state: AlarmState
  readonly reason: string
  readonly sinceMs: number
}

/** A state change of an alarm. */
export interface AlarmChange {
  readonly alarm: Alarm
  readonly before: AlarmStatus
  readonly now: AlarmStatus
}

interface AlarmWatchOptions {
  readonly state: State
  readonly clock: Clock
  readonly store: MetricStore
  /** Called when a minute ends, before its values are read. */
  readonly beforeEach: (minuteEndMs: number) => void
  /** Called within the transaction that stores the change. */
  readonly changed: (change: AlarmChange) => void
}

/**
 * Evaluates the alarms every minute, over the periods that end with it. Their states are persisted by name; the alarms are
 * created from the templates at every start.
 */
export class AlarmWatch {
  readonly #options: AlarmWatchOptions
  readonly #alarms = new Map<string, Alarm>()
  #cancel: Cancel | undefined
  /** The end of the minute that was evaluated last. */
  #lastMs = -Infinity

  constructor(options: AlarmWatchOptions) {
    this.#options = options
    options.state.define(schema)
  }

  /** The state of a new alarm is INSUFFICIENT_DATA; that of a known name is unchanged. */
  put(alarm: Alarm): void {
    this.#alarms.set(alarm.name, alarm)
    this.#options.state.run(
      `INSERT OR IGNORE INTO cloudwatch_alarm (name, state, reason, since_ms)
       VALUES (?, 'INSUFFICIENT_DATA', 'Unchecked: Initial alarm creation', ?)`,
      alarm.name,
      this.#options.clock.now(),
    )
  }

  get(name: string): Alarm | undefined {
    return this.#alarms.get(name)
  }

  list(): Alarm[] {
    return [...this.#alarms.values()]
  }

  statusOf(name: string): AlarmStatus {
    return this.#options.state.get<AlarmStatus>(
      'SELECT state, reason, since_ms AS sinceMs FROM cloudwatch_alarm WHERE name = ?',
      name,
    )!
  }

  start(): void {
    const { clock } = this.#options
    // A timer may fire slightly early, or much later after the machine slept.
    const nextMs = Math.max((Math.floor(clock.now() / minuteMs) + 1) * minuteMs, this.#lastMs + minuteMs)
    this.#cancel = clock.schedule(nextMs - clock.now(), () => {
      this.#lastMs = Math.max(nextMs, Math.floor(clock.now() / minuteMs) * minuteMs)
      this.#evaluateAll(this.#lastMs)
      this.start()
    })
  }

  stop(): void {
    this.#cancel?.()
  }

  /** Sets a state until the end of the minute, and evaluates the composite alarms that refer to the alarm. */
  set(alarm: Alarm, to: { state: AlarmState; reason: string }): void {
    this.#enter(alarm, to)
    for (const other of this.#alarms.values()) {
      if (other.kind !== 'composite' || !alarmsOf(other.rule).includes(alarm.name)) continue
      const next = this.#evaluated(other)
      if (next.state !== this.statusOf(other.name).state) this.set(other, next)
    }
  }

  /** Composite alarms follow the alarms that they refer to, which were created before them. */
  #evaluateAll(minuteEndMs: number): void {
    const { beforeEach, store } = this.#options
    beforeEach(minuteEndMs)
    const alarms = this.list().toSorted((a, b) => Number(a.kind === 'composite') - Number(b.kind === 'composite'))
    for (const alarm of alarms) {
      if (alarm.kind === 'metric' && !alarm.watched) continue
      const before = this.statusOf(alarm.name).state
      const { state = before, reason } =
        alarm.kind === 'composite' ? this.#evaluated(alarm) : this.#watched(alarm.watched!, minuteEndMs)
      if (state !== before) this.#enter(alarm, { state, reason })
    }
    store.sweep(2 * Math.max(0, ...alarms.map((alarm) => (alarm.kind === 'metric' ? rangeMs(alarm.watched) : 0))))
  }

  #watched(watched: Watched, endMs: number): ReturnType<typeof evaluateAlarm> {
    const { query, condition } = watched
    const window = { startMs: endMs - rangeMs(watched), periods: condition.evaluationPeriods + extraPeriods }
    return evaluateAlarm(query.points(this.#options.store, window), condition)
  }

  #evaluated({ rule }: CompositeAlarm): { state: AlarmState; reason: string } {
    const stateOf = (name: string) => this.statusOf(name).state
    const states = alarmsOf(rule).map((name) => `${name} is ${stateOf(name)}`)
    return { state: holds(rule, stateOf) ? 'ALARM' : 'OK', reason: `${states.join(', ')}.` }
  }

  #enter(alarm: Alarm, to: { state: AlarmState; reason: string }): void {
    const { state, clock, changed } = this.#options
    const now: AlarmStatus = { ...to, sinceMs: clock.now() }
    state.transaction(() => {
      const before = this.statusOf(alarm.name)
      state.run(
        'UPDATE cloudwatch_alarm SET state = ?, reason = ?, since_ms = ? WHERE name = ?',
        now.state,
        now.reason,
        now.sinceMs,
        alarm.name,
      )
      if (before.state !== now.state) changed({ alarm, before, now })
    })
  }
}

type Watched = NonNullable<MetricAlarm['watched']>

const rangeMs = (watched: Watched | undefined) =>
  watched ? (watched.condition.evaluationPeriods + extraPeriods) * watched.query.periodSeconds * 1000 : 0
