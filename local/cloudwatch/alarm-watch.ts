import type { Cancel, Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { comparisons, type Alarm, type CompositeAlarm, type MetricAlarm } from './alarm.ts'
import { alarmsOf, holds } from './alarm-rule.ts'
import type { AlarmStates, Standing } from './alarm-states.ts'
import { pointsOf } from './expression/value.ts'
import { extraPeriods, judge, type Judgement } from './judgement.ts'
import { runQueries, type Lines } from './metric-query.ts'
import { minuteMs, type MetricStore } from './metric-store.ts'
import { compositeReason, metricReason } from './reason.ts'

/** Alarms with periods below a minute are looked at this often. */
const highResolutionMs = 10_000

/** What somebody learns of an alarm that changed. */
export interface AlarmChange {
  readonly alarm: Alarm
  readonly before: Standing
  readonly now: Standing
}

/**
 * Evaluates the alarms at every minute, over the periods that ended with it. An alarm that saw no value in its whole
 * range is left alone until one of its metrics has a new one.
 */
export class AlarmWatch {
  readonly #state: State
  readonly #clock: Clock
  readonly #store: MetricStore
  readonly #states: AlarmStates
  readonly #beforeEach: (minuteEndMs: number) => void
  readonly #changed: (change: AlarmChange) => void
  readonly #warn: (sentence: string) => void
  readonly #alarms = new Map<string, Alarm>()
  /** The versions of the metrics of alarms that saw nothing. */
  readonly #quiet = new Map<string, string>()
  /** Composite alarms that are new, or of whose alarms one changed. */
  readonly #unsettled = new Set<string>()
  readonly #warned = new Set<string>()
  #cancel: Cancel | undefined
  /** The end of the period that was evaluated last. */
  #lastMs = -Infinity

  /**
   * @param options.beforeEach is called when a minute ends, before its values are looked at
   * @param options.changed is called within the transaction that keeps the change
   */
  constructor(options: {
    state: State
    clock: Clock
    store: MetricStore
    states: AlarmStates
    beforeEach: (minuteEndMs: number) => void
    changed: (change: AlarmChange) => void
    warn: (sentence: string) => void
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
    this.#states.begin(alarm.name)
    if (alarm.kind === 'composite') this.#unsettled.add(alarm.name)
  }

  get(name: string): Alarm | undefined {
    return this.#alarms.get(name)
  }

  list(): Alarm[] {
    return [...this.#alarms.values()]
  }

  /** How far back the alarms look, in milliseconds. */
  longestRangeMs(): number {
    return Math.max(0, ...this.list().map((alarm) => (alarm.kind === 'metric' ? rangeMs(alarm) : 0)))
  }

  start(): void {
    const everyMs = this.list().some(isHighResolution) ? highResolutionMs : minuteMs
    // A timer may fire a moment early, or much later after the machine slept.
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

  /** Sets a state by hand: the next evaluation sets it back, that of a composite alarm once one of its alarms changes. */
  set(alarm: Alarm, to: Omit<Standing, 'sinceMs'>): void {
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
    const lines = runQueries(alarm.queries, this.#store, { startMs, periodSeconds: alarm.periodSeconds, periods })
    if (lines.empty && !this.#hasNewer(alarm, endMs)) this.#quiet.set(alarm.name, versions)
    else this.#quiet.delete(alarm.name)
    const judgement = this.#judge(alarm, lines)
    if (!judgement) return
    const { state: from } = this.#states.get(alarm.name)
    const { state: to = from } = judgement
    if (to === from) return
    const nowMs = this.#clock.now()
    this.#enter(alarm, { state: to, ...metricReason(alarm, judgement, { from, to, startMs, nowMs }) })
  }

  /** Whether values wait for the periods to come. */
  #hasNewer(alarm: MetricAlarm, endMs: number): boolean {
    return alarm.queries.some((query) => query.kind === 'metric' && this.#store.newestMs(query.metric) >= endMs)
  }

  /** @returns undefined for an expression that cannot be computed: CloudWatch would not have taken the alarm */
  #judge(alarm: MetricAlarm, lines: Lines): Judgement | undefined {
    const { holds: compare } = comparisons[alarm.comparison]
    try {
      const points = pointsOf(lines.value(alarm.compared))
      return judge(points, { ...alarm, breaches: (value) => compare(value, alarm.threshold) })
    } catch (error) {
      if (!this.#warned.has(alarm.name)) {
        this.#warn(`The alarm ${alarm.name} cannot be evaluated: ${(error as Error).message}`)
      }
      this.#warned.add(alarm.name)
      return undefined
    }
  }

  /** Those of which an alarm changed; one of them may be looked at by another. */
  #evaluateComposites(): void {
    for (const name of this.#unsettled) {
      this.#unsettled.delete(name)
      this.#evaluateComposite(this.#alarms.get(name) as CompositeAlarm)
    }
  }

  #evaluateComposite(alarm: CompositeAlarm): void {
    const to = holds(alarm.rule, (name) => this.#states.get(name).state) ? 'ALARM' : 'OK'
    if (this.#states.get(alarm.name).state === to) return
    const children = alarmsOf(alarm.rule).map((name) => ({ alarm: this.#alarms.get(name)!, ...this.#states.get(name) }))
    this.#enter(alarm, { state: to, ...compositeReason(children) })
  }

  #enter(alarm: Alarm, to: Omit<Standing, 'sinceMs'>): void {
    const now: Standing = { ...to, sinceMs: this.#clock.now() }
    this.#state.transaction(() => {
      const before = this.#states.change(alarm.name, now)
      if (before.state !== now.state) this.#changed({ alarm, before, now })
    })
    for (const other of this.#alarms.values()) {
      if (other.kind === 'composite' && alarmsOf(other.rule).includes(alarm.name)) this.#unsettled.add(other.name)
    }
  }
}

/** How long values are kept at least. */
const keepMs = 24 * 3_600_000

const rangeMs = (alarm: MetricAlarm) => (alarm.evaluationPeriods + extraPeriods) * alarm.periodSeconds * 1000

const isHighResolution = (alarm: Alarm) => alarm.kind === 'metric' && alarm.periodSeconds < 60
