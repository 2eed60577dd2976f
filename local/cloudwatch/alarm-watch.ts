import type { Cancel, Clock } from '../clock.ts'
import type { Publication } from '../events/event.ts'
import type { State } from '../state/state.ts'
import type { Alarm } from './alarm.ts'
import type { AlarmState, Evaluation } from './alarm-evaluation.ts'
import { minuteMs, type MetricStore } from './metric.ts'

const schema = `
CREATE TABLE IF NOT EXISTS cloudwatch_alarm (
  name TEXT PRIMARY KEY, state TEXT NOT NULL, reason TEXT NOT NULL, reason_data TEXT, since_ms INTEGER NOT NULL)`

/** The state of an alarm and when it last changed. */
interface AlarmStatus {
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

export interface AlarmWatchOptions {
  readonly state: State
  readonly clock: Clock
  /** Puts an event on a bus, within the current transaction. */
  readonly publish: (event: Publication) => unknown
  /** Called after every state change of an alarm. */
  readonly report: (change: AlarmChange) => void
  /** Called when a minute ends, to publish gauges with the time `atMs`, which is within that minute. */
  readonly measure?: (atMs: number) => void
}

/**
 * Evaluates the alarms every minute, over the periods that end with it. Their states are persisted by name; the alarms are
 * created from the templates at every start.
 */
export class AlarmWatch {
  readonly #options: AlarmWatchOptions & { readonly store: MetricStore }
  readonly #alarms = new Map<string, Alarm>()
  #cancel: Cancel | undefined
  /** The end of the minute that was evaluated last. */
  #lastMs = -Infinity

  constructor(options: AlarmWatchOptions & { readonly store: MetricStore }) {
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
    const select = 'SELECT state, reason, since_ms AS sinceMs FROM cloudwatch_alarm WHERE name = ?'
    return this.#options.state.get<AlarmStatus>(select, name)!
  }

  start(): void {
    const { clock } = this.#options
    // A timer may fire slightly early, or much later after the machine slept.
    const nextMs = Math.max((Math.floor(clock.now() / minuteMs) + 1) * minuteMs, this.#lastMs + minuteMs)
    this.#cancel = clock.schedule(nextMs - clock.now(), () => {
      this.#lastMs = Math.max(nextMs, Math.floor(clock.now() / minuteMs) * minuteMs)
      this.#evaluateAll()
      this.start()
    })
  }

  stop(): void {
    this.#cancel?.()
  }

  /** Sets a state until the end of the minute, and evaluates the composite alarms that refer to the alarm. */
  set(alarm: Alarm, to: Evaluation): void {
    if (!this.#enter(alarm, to)) return
    for (const other of this.#alarms.values())
      if (other.children.includes(alarm.name)) this.set(other, this.#evaluate(other))
  }

  /** Composite alarms follow the alarms that they refer to, which were created before them. */
  #evaluateAll(): void {
    const { measure, store } = this.#options
    measure?.(this.#lastMs - 1)
    const alarms = this.list().toSorted((a, b) => Math.min(a.children.length, 1) - Math.min(b.children.length, 1))
    for (const alarm of alarms) this.#enter(alarm, this.#evaluate(alarm))
    store.sweep(2 * Math.max(0, ...alarms.map(({ rangeMs }) => rangeMs)))
  }

  #evaluate({ evaluate }: Alarm): Evaluation {
    const stateOf = (name: string) => this.statusOf(name).state
    const inputs = { store: this.#options.store, endMs: this.#lastMs, stateOf }
    return evaluate?.(inputs) ?? { state: undefined, reason: '' }
  }

  /** @returns whether the state changed */
  #enter(alarm: Alarm, { state: to, reason }: Evaluation): boolean {
    const { state, clock, publish, report } = this.#options
    const before = this.statusOf(alarm.name)
    if (to === undefined || to === before.state) return false
    const change = { alarm, before, now: { state: to, reason, sinceMs: clock.now() } }
    state.transaction(() => {
      const update = 'UPDATE cloudwatch_alarm SET state = ?, reason = ?, since_ms = ? WHERE name = ?'
      state.run(update, to, reason, change.now.sinceMs, alarm.name)
      publish(publicationOf(change))
      state.afterCommit(() => report(change))
    })
    return true
  }
}

/** A `CloudWatch Alarm State Change` event, with the members that EventBridge documents except the metrics of the alarm. */
const publicationOf = ({ alarm, before, now }: AlarmChange): Publication => ({
  busName: 'default',
  source: 'aws.cloudwatch',
  detailType: 'CloudWatch Alarm State Change',
  detail: {
    alarmName: alarm.name,
    configuration: { ...(alarm.description !== undefined && { description: alarm.description }) },
    previousState: stateOf(before),
    state: stateOf(now),
  },
  resources: [alarm.arn],
  time: new Date(now.sinceMs),
})

const stateOf = ({ state, reason, sinceMs }: AlarmStatus) => ({
  value: state,
  reason,
  timestamp: new Date(sinceMs).toISOString().replace('Z', '+0000'),
})
