import { dayMs, type Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import type { AlarmState } from './alarm-evaluation.ts'

const schema = `
CREATE TABLE IF NOT EXISTS cloudwatch_alarm (
  name TEXT PRIMARY KEY, state TEXT NOT NULL, reason TEXT NOT NULL, reason_data TEXT, since_ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS cloudwatch_alarm_history (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, time_ms INTEGER NOT NULL, summary TEXT NOT NULL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS cloudwatch_alarm_history_time ON cloudwatch_alarm_history (time_ms)`

/** CloudWatch keeps an alarm's history for 30 days. */
const historyMs = 30 * dayMs

/** The state of an alarm and when it last changed. */
export interface AlarmStatus {
  readonly state: AlarmState
  readonly reason: string
  /** JSON text. */
  readonly reasonData?: string
  readonly sinceMs: number
}

export interface HistoryItem {
  readonly id: number
  readonly name: string
  readonly time_ms: number
  readonly summary: string
  /** JSON text. */
  readonly data: string
}

/** The states of all alarms by name and their history, persisted across restarts. */
export class AlarmStates {
  readonly #state: State
  readonly #clock: Clock

  constructor(options: { state: State; clock: Clock }) {
    this.#state = options.state
    this.#clock = options.clock
    this.#state.define(schema)
  }

  /** Adds a new alarm as INSUFFICIENT_DATA; the state of an existing alarm is unchanged. */
  add(name: string): void {
    this.#state.run(
      `INSERT OR IGNORE INTO cloudwatch_alarm VALUES (?, 'INSUFFICIENT_DATA', 'Unchecked: Initial alarm creation', NULL, ?)`,
      name,
      this.#clock.now(),
    )
  }

  get(name: string): AlarmStatus {
    const row = this.#state.get<{ state: AlarmState; reason: string; reason_data: string | null; since_ms: number }>(
      'SELECT * FROM cloudwatch_alarm WHERE name = ?',
      name,
    )!
    const { state, reason, reason_data: data, since_ms: sinceMs } = row
    return { state, reason, sinceMs, ...(data !== null && { reasonData: data }) }
  }

  /** Call within a transaction. @returns the previous status */
  change(name: string, to: AlarmStatus): AlarmStatus {
    const before = this.get(name)
    this.#state.run(
      'UPDATE cloudwatch_alarm SET state = ?, reason = ?, reason_data = ?, since_ms = ? WHERE name = ?',
      to.state,
      to.reason,
      to.reasonData ?? null,
      to.sinceMs,
      name,
    )
    this.#state.run('DELETE FROM cloudwatch_alarm_history WHERE time_ms < ?', to.sinceMs - historyMs)
    this.#state.run(
      'INSERT INTO cloudwatch_alarm_history (name, time_ms, summary, data) VALUES (?, ?, ?, ?)',
      name,
      to.sinceMs,
      `Alarm updated from ${before.state} to ${to.state}`,
      JSON.stringify({ version: '1.0', oldState: described(before), newState: described(to) }),
    )
    return before
  }

  /** The latest first. @param range both ends inclusive, in milliseconds since the epoch */
  history(range: { name?: string; fromMs: number; toMs: number }): HistoryItem[] {
    return this.#state.all<HistoryItem>(
      `SELECT * FROM cloudwatch_alarm_history WHERE time_ms BETWEEN ? AND ? ${range.name === undefined ? '' : 'AND name = ?'}
       ORDER BY id DESC`,
      range.fromMs,
      range.toMs,
      ...(range.name === undefined ? [] : [range.name]),
    )
  }
}

const described = ({ state, reason, reasonData }: AlarmStatus) => ({
  stateValue: state,
  stateReason: reason,
  ...(reasonData !== undefined && { stateReasonData: JSON.parse(reasonData) as unknown }),
})
