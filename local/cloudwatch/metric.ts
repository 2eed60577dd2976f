/** A metric is identified by its namespace, name and dimensions. */
export interface Metric {
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
}

/** Receives the values of one metric. */
export interface Series {
  /** @param count how often the value occurred @param timeMs since the epoch. @default now */
  add(value: number, count?: number, timeMs?: number): void
}

/** The part of CloudWatch that publishing services use. A series may be reused for as long as the service runs. */
export interface MetricSink {
  /** @param unit as CloudWatch names it. @default None */
  series(metric: Metric, unit?: string): Series
}

/** Discards all values, for services in tests. */
export const noMetrics: MetricSink = { series: () => ({ add: () => {} }) }

/** The order of dimensions makes no difference. */
export const metricKey = ({ namespace, name, dimensions }: Metric) =>
  JSON.stringify([namespace, name, sortedDimensions(dimensions)])

export const sortedDimensions = (dimensions: Readonly<Record<string, string>>) =>
  Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1))

/** A dimension in the API's format. */
export interface WireDimension {
  readonly Name: string
  readonly Value: string
}

export const fromWire = (dimensions: readonly WireDimension[] = []): Record<string, string> =>
  Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value]))

export const toWire = (dimensions: Readonly<Record<string, string>>): WireDimension[] =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }))
