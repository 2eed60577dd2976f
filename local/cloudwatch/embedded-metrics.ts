import type { Metric, MetricSink } from './metric.ts'

/**
 * Publishes the metrics of a log line in CloudWatch's embedded metric format (AWS: "Specification: Embedded metric
 * format"). As on AWS, a line that does not conform is ignored.
 */
export function readEmbeddedMetrics(line: string, sink: MetricSink): void {
  if (!line.includes('"CloudWatchMetrics"')) return
  for (const { metric, value, timeMs } of valuesOf(line)) sink.add(metric, value, timeMs)
}

interface EmbeddedValue {
  readonly metric: Metric
  readonly value: number
  readonly timeMs: number
}

function valuesOf(line: string): EmbeddedValue[] {
  try {
    return [...valuesIn(JSON.parse(line))].filter(isValid)
  } catch {
    // Not JSON, or a member is missing or has another type.
    return []
  }
}

function* valuesIn(document: any): Generator<EmbeddedValue, void> {
  const { Timestamp: timeMs, CloudWatchMetrics } = document._aws
  for (const { Namespace: namespace, Dimensions, Metrics } of CloudWatchMetrics) {
    for (const names of Dimensions as string[][]) {
      const dimensions = Object.fromEntries(names.map((name) => [name, document[name]]))
      for (const { Name: name } of Metrics)
        for (const value of [document[name]].flat()) yield { metric: { namespace, name, dimensions }, value, timeMs }
    }
  }
}

const isValid = ({ metric: { dimensions }, value, timeMs }: EmbeddedValue) =>
  Number.isFinite(value) &&
  Number.isFinite(timeMs) &&
  Object.values(dimensions).every((text) => typeof text === 'string')
