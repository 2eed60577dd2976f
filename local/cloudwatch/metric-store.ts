import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { Tally, type Aggregate } from './aggregate.ts'
import { metricKey, sortedDimensions, type Metric, type MetricSink, type Series } from './metric.ts'

const schema = `
CREATE TABLE IF NOT EXISTS cloudwatch_metric (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, namespace TEXT NOT NULL, name TEXT NOT NULL,
  dimensions TEXT NOT NULL, last_ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS cloudwatch_datum (
  metric INTEGER NOT NULL REFERENCES cloudwatch_metric (id) ON DELETE CASCADE, start_ms INTEGER NOT NULL,
  unit TEXT NOT NULL, count REAL NOT NULL, sum REAL NOT NULL, min REAL NOT NULL, max REAL NOT NULL, value_counts TEXT,
  PRIMARY KEY (metric, start_ms, unit)) WITHOUT ROWID`

export const minuteMs = 60_000
const secondMs = 1000
const sweepEveryMs = 3_600_000

/** Beyond this many, the cache of series is cleared; a series that a caller still references remains valid. */
const maxCachedSeries = 10_000

interface DatumRow {
  start_ms: number
  count: number
  sum: number
  min: number
  max: number
  value_counts: string | null
}

/**
 * The values of all metrics, by minute (or second). They are buffered in memory, so that publishing is cheap, and written
 * to the state file by {@link flush}: a killed process loses the values since the last flush.
 */
export class MetricStore implements MetricSink {
  readonly #state: State
  readonly #clock: Clock
  readonly #series = new Map<string, BufferedSeries>()
  readonly #unwritten = new Set<BufferedSeries>()
  /** The number of flushes per metric, by which a reader detects a change. */
  readonly #versions = new Map<string, number>()
  #sweptMs = -Infinity

  constructor(options: { state: State; clock: Clock }) {
    this.#state = options.state
    this.#clock = options.clock
    this.#state.define(schema)
  }

  /** @param highResolution aggregates by second instead of minute */
  series(metric: Metric, unit = 'None', highResolution = false): BufferedSeries {
    const key = `${highResolution ? 's' : 'm'} ${unit} ${metricKey(metric)}`
    const known = this.#series.get(key)
    if (known) return known
    const resolutionMs = highResolution ? secondMs : minuteMs
    const series = new BufferedSeries({ metric, unit, resolutionMs, clock: this.#clock, unwritten: this.#unwritten })
    this.#series.set(key, series)
    return series
  }

  version(metric: Metric): number {
    return this.#versions.get(metricKey(metric)) ?? 0
  }

  /** The start of the latest minute (or second) that has a value. */
  newestMs(metric: Metric): number {
    this.flush()
    const row = this.#state.get<{ last_ms: number }>(
      'SELECT last_ms FROM cloudwatch_metric WHERE key = ?',
      metricKey(metric),
    )
    return row?.last_ms ?? -Infinity
  }

  /** Writes the buffered values to the state file. */
  flush(): void {
    if (this.#unwritten.size === 0) return
    const unwritten = [...this.#unwritten]
    this.#unwritten.clear()
    this.#state.transaction(() => {
      for (const series of unwritten) this.#write(series)
    })
    if (this.#series.size > maxCachedSeries) this.#series.clear()
  }

  /**
   * The values from `startMs` on, one aggregate for each of `periods` periods, undefined where there is none.
   * @param query.values whether to read individual values too, which percentiles need
   */
  read(
    metric: Metric,
    query: { startMs: number; periodMs: number; periods: number; unit?: string; values: boolean },
  ): (Aggregate | undefined)[] {
    this.flush()
    const { startMs, periodMs, periods, unit } = query
    const tallies = Array.from<Tally | undefined>({ length: periods })
    const rows = this.#state.all<DatumRow>(
      `SELECT start_ms, count, sum, min, max, ${query.values ? 'value_counts' : 'NULL AS value_counts'}
       FROM cloudwatch_datum WHERE metric = (SELECT id FROM cloudwatch_metric WHERE key = ?)
         AND start_ms >= ? AND start_ms < ? ${unit === undefined ? '' : 'AND unit = ?'} ORDER BY start_ms`,
      metricKey(metric),
      startMs,
      startMs + periods * periodMs,
      ...(unit === undefined ? [] : [unit]),
    )
    for (const row of rows)
      (tallies[Math.floor((row.start_ms - startMs) / periodMs)] ??= new Tally()).merge(fromRow(row))
    return tallies
  }

  /** All metrics that have values, by namespace, name and dimensions. */
  metrics(): (Metric & { readonly lastMs: number })[] {
    this.flush()
    const rows = this.#state.all<{ namespace: string; name: string; dimensions: string; last_ms: number }>(
      'SELECT namespace, name, dimensions, last_ms FROM cloudwatch_metric ORDER BY key',
    )
    return rows.map(({ namespace, name, dimensions, last_ms: lastMs }) => ({
      namespace,
      name,
      dimensions: JSON.parse(dimensions) as Record<string, string>,
      lastMs,
    }))
  }

  /** Deletes older values, at most once an hour. */
  sweep(keepMs: number): void {
    const nowMs = this.#clock.now()
    if (nowMs - this.#sweptMs < sweepEveryMs) return
    this.#sweptMs = nowMs
    this.#state.run('DELETE FROM cloudwatch_datum WHERE start_ms < ?', nowMs - keepMs)
    this.#state.run('DELETE FROM cloudwatch_metric WHERE last_ms < ?', nowMs - keepMs)
  }

  #write(series: BufferedSeries): void {
    const key = metricKey(series.metric)
    this.#versions.set(key, (this.#versions.get(key) ?? 0) + 1)
    const buckets = series.take()
    const { id } = this.#state.get<{ id: number }>(
      `INSERT INTO cloudwatch_metric (key, namespace, name, dimensions, last_ms) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET last_ms = MAX(last_ms, excluded.last_ms) RETURNING id`,
      key,
      series.metric.namespace,
      series.metric.name,
      JSON.stringify(Object.fromEntries(sortedDimensions(series.metric.dimensions))),
      Math.max(...buckets.keys()),
    )!
    for (const [startMs, tally] of buckets) this.#writeDatum(id, series.unit, startMs, tally)
  }

  #writeDatum(id: number, unit: string, startMs: number, tally: Tally): void {
    const known = this.#state.get<DatumRow>(
      'SELECT * FROM cloudwatch_datum WHERE metric = ? AND start_ms = ? AND unit = ?',
      id,
      startMs,
      unit,
    )
    if (known) tally.merge(fromRow(known))
    this.#state.run(
      'INSERT OR REPLACE INTO cloudwatch_datum VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      id,
      startMs,
      unit,
      tally.count,
      tally.sum,
      tally.min,
      tally.max,
      tally.values ? JSON.stringify([...tally.values]) : null,
    )
  }
}

class BufferedSeries implements Series {
  readonly metric: Metric
  readonly unit: string
  readonly #resolutionMs: number
  readonly #clock: Clock
  readonly #unwritten: Set<BufferedSeries>
  #buckets = new Map<number, Tally>()

  constructor(options: {
    metric: Metric
    unit: string
    resolutionMs: number
    clock: Clock
    unwritten: Set<BufferedSeries>
  }) {
    this.metric = options.metric
    this.unit = options.unit
    this.#resolutionMs = options.resolutionMs
    this.#clock = options.clock
    this.#unwritten = options.unwritten
  }

  add(value: number, count = 1, timeMs = this.#clock.now()): void {
    this.#tally(timeMs).add(value, count)
  }

  /** Adds already aggregated values. */
  merge(aggregate: Aggregate, timeMs: number): void {
    this.#tally(timeMs).merge(aggregate)
  }

  /** Removes and returns the buffered values by the start of their minute or second. */
  take(): Map<number, Tally> {
    const taken = this.#buckets
    this.#buckets = new Map()
    return taken
  }

  #tally(timeMs: number): Tally {
    const startMs = timeMs - (timeMs % this.#resolutionMs)
    const known = this.#buckets.get(startMs)
    if (known) return known
    const tally = new Tally()
    this.#buckets.set(startMs, tally)
    this.#unwritten.add(this)
    return tally
  }
}

function fromRow({ count, sum, min, max, value_counts: values }: DatumRow): Aggregate {
  return { count, sum, min, max, ...(values !== null && { values: new Map(JSON.parse(values) as [number, number][]) }) }
}
