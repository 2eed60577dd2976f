import { metricKey, type MetricSink } from './metric.ts'

/** For tests of services: records every value that they publish. */
export class RecordedMetrics implements MetricSink {
  readonly #values = new Map<string, number[]>()

  series(metric: Parameters<MetricSink['series']>[0]): ReturnType<MetricSink['series']> {
    const key = metricKey(metric)
    return { add: (value, count = 1) => this.#values.set(key, [...this.#of(key), ...Array<number>(count).fill(value)]) }
  }

  /** In the order of publication. */
  values(namespace: string, name: string, dimensions: Record<string, string>): number[] {
    return this.#of(metricKey({ namespace, name, dimensions }))
  }

  sum(namespace: string, name: string, dimensions: Record<string, string>): number {
    return this.values(namespace, name, dimensions).reduce((sum, value) => sum + value, 0)
  }

  #of(key: string): number[] {
    return this.#values.get(key) ?? []
  }
}
