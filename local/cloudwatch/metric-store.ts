import { dayMs, type Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { metricKey, metricOf, type Metric, type MetricSink } from './metric.ts'

const schema = `
CREATE TABLE IF NOT EXISTS cloudwatch_series (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS cloudwatch_minute (
  series INTEGER NOT NULL, start_ms INTEGER NOT NULL, count REAL NOT NULL, sum REAL NOT NULL, min REAL NOT NULL,
  max REAL NOT NULL, PRIMARY KEY (series, start_ms)) WITHOUT ROWID`

export const minuteMs = 60_000
const sweepEveryMs = 3_600_000

/** The values of one metric in one period. */
export interface Aggregate {
  count: number
  sum: number
  min: number
  max: number
}

/**
 * The values of all metrics, by minute. They are buffered in memory, so that publishing is cheap, and written to the state
 * file by {@link flush}: a killed process loses the values since the last flush.
 */
export class MetricStore implements MetricSink {
  readonly #state: State
  readonly #clock: Clock
  /** By metric and start of the minute. */
  readonly #unwritten = new Map<string, { key: string; startMs: number; values: Aggregate }>()
  #sweptMs = -Infinity

  constructor({ state, clock }: { state: State; clock: Clock }) {
    this.#state = state
    this.#clock = clock
    this.#state.define(schema)
  }

  add(metric: Metric, value: number, timeMs = this.#clock.now()): void {
    const key = metricKey(metric)
    const startMs = timeMs - (timeMs % minuteMs)
    const known = this.#unwritten.get(`${startMs} ${key}`)?.values
    if (!known) {
      const values = { count: 1, sum: value, min: value, max: value }
      this.#unwritten.set(`${startMs} ${key}`, { key, startMs, values })
      return
    }
    known.count += 1
    known.sum += value
    known.min = Math.min(known.min, value)
    known.max = Math.max(known.max, value)
  }

  /** Writes the buffered values to the state file. */
  flush(): void {
    if (this.#unwritten.size === 0) return
    this.#state.transaction(() => {
      for (const { key, startMs, values } of this.#unwritten.values()) this.#write(key, startMs, values)
    })
    this.#unwritten.clear()
  }

  #write(key: string, startMs: number, { count, sum, min, max }: Aggregate): void {
    this.#state.run('INSERT OR IGNORE INTO cloudwatch_series (key) VALUES (?)', key)
    this.#state.run(
      `INSERT INTO cloudwatch_minute VALUES ((SELECT id FROM cloudwatch_series WHERE key = ?), ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET count = count + excluded.count, sum = sum + excluded.sum,
         min = MIN(min, excluded.min), max = MAX(max, excluded.max)`,
      key,
      startMs,
      count,
      sum,
      min,
      max,
    )
  }

  /** The values from `startMs` on: one aggregate for each of `periods` periods, undefined where there is none. */
  read(metric: Metric, { startMs, periodMs, periods }: { startMs: number; periodMs: number; periods: number }) {
    this.flush()
    const rows = this.#state.all<Aggregate & { period: number }>(
      `SELECT CAST((start_ms - ?) / ? AS INTEGER) AS period, SUM(count) AS count, SUM(sum) AS sum, MIN(min) AS min,
         MAX(max) AS max
       FROM cloudwatch_minute WHERE series = (SELECT id FROM cloudwatch_series WHERE key = ?)
         AND start_ms >= ? AND start_ms < ? GROUP BY period`,
      startMs,
      periodMs,
      metricKey(metric),
      startMs,
      startMs + periods * periodMs,
    )
    const found = Array.from<Aggregate | undefined>({ length: periods })
    for (const { period, ...values } of rows) found[period] = values
    return found
  }

  /** All metrics that have values. */
  metrics(): Metric[] {
    this.flush()
    return this.#state
      .all<{ key: string }>('SELECT key FROM cloudwatch_series ORDER BY key')
      .map(({ key }) => metricOf(key))
  }

  /** Deletes values older than a day and than `keepMs`, at most once an hour. */
  sweep(keepMs: number): void {
    const nowMs = this.#clock.now()
    if (nowMs - this.#sweptMs < sweepEveryMs) return
    this.#sweptMs = nowMs
    this.#state.run('DELETE FROM cloudwatch_minute WHERE start_ms < ?', nowMs - Math.max(dayMs, keepMs))
    this.#state.run('DELETE FROM cloudwatch_series WHERE id NOT IN (SELECT series FROM cloudwatch_minute)')
  }
}
