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

export function metricOf(key: string): Metric {
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
