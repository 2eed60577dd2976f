import type { Cancel, Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { comparisons, type Alarm, type CompositeAlarm, type MetricAlarm } from './alarm.ts'
import { alarmsOf, holds } from './alarm-rule.ts'
import type { AlarmStates, AlarmStatus } from './alarm-states.ts'
import { pointsOf } from './expression/value.ts'
import { evaluateAlarm, extraPeriods, type AlarmEvaluation } from './alarm-evaluation.ts'
import { runQueries, type QueryResults } from './metric-query.ts'
import { minuteMs, type MetricStore } from './metric-store.ts'
import { compositeReason, metricReason } from './reason.ts'

/** How often alarms with periods below a minute are evaluated. */
const highResolutionMs = 10_000

/** A state change of an alarm. */
export interface AlarmChange {
  readonly alarm: Alarm
  readonly before: AlarmStatus
  readonly now: AlarmStatus
}

/**
 * Evaluates the alarms every minute, over the periods that end with it. An alarm without a value in its whole range is
 * skipped until one of its metrics has a new value.
 */
export class AlarmWatch {
  readonly #state: State
  readonly #clock: Clock
  readonly #store: MetricStore
  readonly #states: AlarmStates
  readonly #beforeEach: (minuteEndMs: number) => void
  readonly #changed: (change: AlarmChange) => void
  readonly #warn: (message: string) => void
  readonly #alarms = new Map<string, Alarm>()
  /** By alarm without values: the versions of its metrics at that time. */
  readonly #quiet = new Map<string, string>()
  /** Composite alarms to evaluate: new ones, and those of which a child alarm changed. */
  readonly #pending = new Set<string>()
  readonly #warned = new Set<string>()
  #cancel: Cancel | undefined
  /** The end of the period that was evaluated last. */
  #lastMs = -Infinity

  /**
   * @param options.beforeEach is called when a minute ends, before its values are read
   * @param options.changed is called within the transaction that stores the change
   */
  constructor(options: {
    state: State
    clock: Clock
    store: MetricStore
    states: AlarmStates
    beforeEach: (minuteEndMs: number) => void
    changed: (change: AlarmChange) => void
    warn: (message: string) => void
  }) {
    this.#state = options.state
    this.#clock = options.clock
    this.#store = options.store
    this.#states = options.states
    this.#beforeEach = options.beforeEach
    this.#changed = options.changed
    this.#warn = options.warn
  }

  put(alarm: Alarm): void {
    this.#alarms.set(alarm.name, alarm)
    this.#quiet.delete(alarm.name)
    this.#states.add(alarm.name)
    if (alarm.kind === 'composite') this.#pending.add(alarm.name)
  }

  get(name: string): Alarm | undefined {
    return this.#alarms.get(name)
  }

  list(): Alarm[] {
    return [...this.#alarms.values()]
  }

  /** The longest evaluation range of the alarms, in milliseconds. */
  longestRangeMs(): number {
    return Math.max(0, ...this.list().map((alarm) => (alarm.kind === 'metric' ? rangeMs(alarm) : 0)))
  }

  start(): void {
    const everyMs = this.list().some(isHighResolution) ? highResolutionMs : minuteMs
    // A timer may fire slightly early, or much later after the machine slept.
    const nextMs = Math.max((Math.floor(this.#clock.now() / everyMs) + 1) * everyMs, this.#lastMs + everyMs)
    this.#cancel = this.#clock.schedule(nextMs - this.#clock.now(), () => {
      this.#lastMs = Math.max(nextMs, Math.floor(this.#clock.now() / everyMs) * everyMs)
      this.#tick(this.#lastMs)
      this.start()
    })
  }

  stop(): void {
    this.#cancel?.()
  }

  /** Sets a state manually until the next evaluation; a composite alarm is evaluated when one of its alarms changes. */
  set(alarm: Alarm, to: Omit<AlarmStatus, 'sinceMs'>): void {
    this.#quiet.delete(alarm.name)
    this.#enter(alarm, to)
    this.#evaluateComposites()
  }

  #tick(endMs: number): void {
    const isMinute = endMs % minuteMs === 0
    if (isMinute) this.#beforeEach(endMs)
    this.#store.flush()
    for (const alarm of this.#alarms.values()) {
      if (alarm.kind === 'metric' && alarm.notEmulated === undefined && (isMinute || isHighResolution(alarm))) {
        this.#evaluate(alarm, endMs)
      }
    }
    this.#evaluateComposites()
    this.#store.sweep(Math.max(keepMs, 2 * this.longestRangeMs()))
  }

  #evaluate(alarm: MetricAlarm, endMs: number): void {
    const versions = alarm.queries
      .map((query) => (query.kind === 'metric' ? this.#store.version(query.metric) : 0))
      .join(' ')
    if (this.#quiet.get(alarm.name) === versions) return
    const periods = alarm.evaluationPeriods + extraPeriods
    const startMs = endMs - periods * alarm.periodSeconds * 1000
    const results = runQueries(alarm.queries, this.#store, { startMs, periodSeconds: alarm.periodSeconds, periods })
    if (results.empty && !this.#hasNewer(alarm, endMs)) this.#quiet.set(alarm.name, versions)
    else this.#quiet.delete(alarm.name)
    const evaluation = this.#evaluatePoints(alarm, results)
    if (!evaluation) return
    const { state: from } = this.#states.get(alarm.name)
    const { state: to = from } = evaluation
    if (to === from) return
    const nowMs = this.#clock.now()
    this.#enter(alarm, { state: to, ...metricReason(alarm, evaluation, { from, to, startMs, nowMs }) })
  }

  /** Whether there are values of later periods. */
  #hasNewer(alarm: MetricAlarm, endMs: number): boolean {
    return alarm.queries.some((query) => query.kind === 'metric' && this.#store.newestMs(query.metric) >= endMs)
  }

  /** @returns undefined for an expression that cannot be computed: CloudWatch would have rejected the alarm */
  #evaluatePoints(alarm: MetricAlarm, results: QueryResults): AlarmEvaluation | undefined {
    const { holds: compare } = comparisons[alarm.comparison]
    try {
      const points = pointsOf(results.value(alarm.compared))
      return evaluateAlarm(points, { ...alarm, breaches: (value) => compare(value, alarm.threshold) })
    } catch (error) {
      if (!this.#warned.has(alarm.name)) {
        this.#warn(`The alarm ${alarm.name} cannot be evaluated: ${(error as Error).message}`)
      }
      this.#warned.add(alarm.name)
      return undefined
    }
  }

  /** Evaluating one may add another to the set while it is iterated. */
  #evaluateComposites(): void {
    for (const name of this.#pending) {
      this.#pending.delete(name)
      this.#evaluateComposite(this.#alarms.get(name) as CompositeAlarm)
    }
  }

  #evaluateComposite(alarm: CompositeAlarm): void {
    const to = holds(alarm.rule, (name) => this.#states.get(name).state) ? 'ALARM' : 'OK'
    if (this.#states.get(alarm.name).state === to) return
    const children = alarmsOf(alarm.rule).map((name) => ({ alarm: this.#alarms.get(name)!, ...this.#states.get(name) }))
    this.#enter(alarm, { state: to, ...compositeReason(children) })
  }

  #enter(alarm: Alarm, to: Omit<AlarmStatus, 'sinceMs'>): void {
    const now: AlarmStatus = { ...to, sinceMs: this.#clock.now() }
    this.#state.transaction(() => {
      const before = this.#states.change(alarm.name, now)
      if (before.state !== now.state) this.#changed({ alarm, before, now })
    })
    for (const other of this.#alarms.values()) {
      if (other.kind === 'composite' && alarmsOf(other.rule).includes(alarm.name)) this.#pending.add(other.name)
    }
  }
}

/** Values are stored at least this long. */
const keepMs = 24 * 3_600_000

const rangeMs = (alarm: MetricAlarm) => (alarm.evaluationPeriods + extraPeriods) * alarm.periodSeconds * 1000

const isHighResolution = (alarm: Alarm) => alarm.kind === 'metric' && alarm.periodSeconds < 60
