import { metricKey, type Metric, type MetricSink } from './metric.ts'

/** For tests of services: records every value that they publish. */
export class RecordedMetrics implements MetricSink {
  readonly #values = new Map<string, number[]>()

  add(metric: Metric, value: number): void {
    const key = metricKey(metric)
    this.#values.set(key, [...(this.#values.get(key) ?? []), value])
  }

  /** In the order of publication. */
  values(namespace: string, name: string, dimensions: Record<string, string>): number[] {
    return this.#values.get(metricKey({ namespace, name, dimensions })) ?? []
  }
}
