import { dayMs, type Clock } from '../clock.ts'
import type { State } from '../state/state.ts'

/** A metric is identified by its namespace, name and dimensions. */
export interface Metric {
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
}

/** The part of CloudWatch that publishing services use. */
export interface MetricSink {
  /** @param timeMs since the epoch. @default now */
  add(metric: Metric, value: number, timeMs?: number): void
}

/** Discards all values, for services in tests. */
export const noMetrics: MetricSink = { add: () => {} }

/** The order of dimensions makes no difference. */
export const metricKey = ({ namespace, name, dimensions }: Metric) =>
  JSON.stringify([namespace, name, Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1))])

function metricOf(key: string): Metric {
  const [namespace, name, dimensions] = JSON.parse(key) as [string, string, [string, string][]]
  return { namespace, name, dimensions: Object.fromEntries(dimensions) }
}

/** A dimension in the API's format. */
export interface WireDimension {
  readonly Name: string
  readonly Value: string
}

export const fromWire = (dimensions: readonly WireDimension[] = []): Record<string, string> =>
  Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value]))

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
  readonly #unwritten = new Map<string, Aggregate & { readonly key: string; readonly startMs: number }>()
  #sweptMs = -Infinity

  constructor({ state, clock }: { state: State; clock: Clock }) {
    this.#state = state
    this.#clock = clock
    state.define(schema)
  }

  add(metric: Metric, value: number, timeMs = this.#clock.now()): void {
    const key = metricKey(metric)
    const startMs = timeMs - (timeMs % minuteMs)
    const found = this.#unwritten.get(`${startMs} ${key}`)
    const values = found ?? { key, startMs, count: 0, sum: 0, min: value, max: value }
    values.count += 1
    values.sum += value
    values.min = Math.min(values.min, value)
    values.max = Math.max(values.max, value)
    if (!found) this.#unwritten.set(`${startMs} ${key}`, values)
  }

  /** Writes the buffered values to the state file. */
  flush(): void {
    if (this.#unwritten.size === 0) return
    this.#state.transaction(() => {
      for (const { key, startMs, ...values } of this.#unwritten.values()) {
        this.#state.run('INSERT OR IGNORE INTO cloudwatch_series (key) VALUES (?)', key)
        this.#state.run(
          `INSERT INTO cloudwatch_minute VALUES ((SELECT id FROM cloudwatch_series WHERE key = ?), ?, ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET count = count + excluded.count, sum = sum + excluded.sum,
             min = MIN(min, excluded.min), max = MAX(max, excluded.max)`,
          key,
          startMs,
          ...Object.values(values),
        )
      }
    })
    this.#unwritten.clear()
  }

  /** The values from `startMs` on: one aggregate for each of `periods` periods, undefined where there is none. */
  read(metric: Metric, { startMs, periodMs, periods }: { startMs: number; periodMs: number; periods: number }) {
    this.flush()
    const rows = this.#state.all<Aggregate & { period: number }>(
      `SELECT CAST((start_ms - ?1) / ?2 AS INTEGER) AS period, SUM(count) AS count, SUM(sum) AS sum, MIN(min) AS min,
         MAX(max) AS max
       FROM cloudwatch_minute WHERE series = (SELECT id FROM cloudwatch_series WHERE key = ?3)
         AND start_ms >= ?1 AND start_ms < ?4 GROUP BY period`,
      startMs,
      periodMs,
      metricKey(metric),
      startMs + periods * periodMs,
    )
    const found = Array.from<Aggregate | undefined>({ length: periods })
    for (const { period, ...values } of rows) found[period] = values
    return found
  }

  /** All metrics that have values. */
  metrics(): Metric[] {
    this.flush()
    const rows = this.#state.all<{ key: string }>('SELECT key FROM cloudwatch_series ORDER BY key')
    return rows.map(({ key }) => metricOf(key))
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

/**
 * Publishes the metrics of a log line in CloudWatch's embedded metric format (AWS: "Specification: Embedded metric
 * format"). As on AWS, a line that does not conform is ignored.
 */
export function readEmbeddedMetrics(line: string, sink: MetricSink): void {
  if (!line.includes('"CloudWatchMetrics"')) return
  let values: [Metric, value: number, timeMs: number][] = []
  try {
    values = [...valuesIn(JSON.parse(line))]
  } catch {
    // Not JSON, or a member is missing or has another type.
  }
  for (const value of values) sink.add(...value)
}

function* valuesIn(document: any): Generator<[Metric, value: number, timeMs: number], void> {
  const { Timestamp, CloudWatchMetrics } = document._aws
  for (const { Namespace: namespace, Dimensions, Metrics } of CloudWatchMetrics) {
    for (const names of Dimensions as string[][]) {
      const dimensions = Object.fromEntries(names.map((name) => [name, document[name]]))
      if (!Object.values(dimensions).every((text) => typeof text === 'string')) continue
      for (const { Name: name } of Metrics)
        for (const value of [document[name]].flat().filter(Number.isFinite))
          if (Number.isFinite(Timestamp)) yield [{ namespace, name, dimensions }, value, Timestamp]
    }
  }
}
