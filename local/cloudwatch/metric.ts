/** Which metric: one namespace, name and set of dimensions is one metric, whatever its values. */
export interface Metric {
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
}

/** Where the values of one metric go. */
export interface Series {
  /** @param count how often the value occurred @param timeMs when; it belongs to the minute of that time. @default now */
  add(value: number, count?: number, timeMs?: number): void
}

/** What services that publish metrics need of CloudWatch. A series may be kept and used for as long as the service runs. */
export interface MetricSink {
  /** @param unit as CloudWatch names it. @default None */
  series(metric: Metric, unit?: string): Series
}

/** For services that nobody measures, such as those of a test. */
export const noMetrics: MetricSink = { series: () => ({ add: () => {} }) }

/** The order of dimensions makes no difference. */
export const metricKey = ({ namespace, name, dimensions }: Metric) =>
  JSON.stringify([namespace, name, sortedDimensions(dimensions)])

export const sortedDimensions = (dimensions: Readonly<Record<string, string>>) =>
  Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1))

/** Dimensions as the API writes them: `[{ Name, Value }]`. */
export interface WireDimension {
  readonly Name: string
  readonly Value: string
}

export const fromWire = (dimensions: readonly WireDimension[] = []): Record<string, string> =>
  Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value]))

export const toWire = (dimensions: Readonly<Record<string, string>>): WireDimension[] =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }))
