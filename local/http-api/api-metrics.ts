import type { MetricSink, Series } from '../cloudwatch/metric.ts'

interface ApiSeries {
  readonly count: Series
  readonly clientErrors: Series
  readonly serverErrors: Series
  readonly latency: Series
}

/** The metrics that API Gateway publishes for HTTP APIs: per API, and per stage. */
export class ApiMetrics {
  readonly #sink: MetricSink
  readonly #apis = new Map<string, readonly ApiSeries[]>()

  constructor(sink: MetricSink) {
    this.#sink = sink
  }

  /** @param request.stage undefined for a request that matches no stage */
  count(request: { apiId: string; stage?: string; status: number; durationMs: number }): void {
    const { status } = request
    for (const series of this.#of(request.apiId, request.stage)) {
      series.count.add(1)
      // Each request is a sample of both, so that their average is the error rate.
      series.clientErrors.add(status >= 400 && status < 500 ? 1 : 0)
      series.serverErrors.add(status >= 500 ? 1 : 0)
      series.latency.add(request.durationMs)
    }
  }

  #of(ApiId: string, Stage: string | undefined): readonly ApiSeries[] {
    const key = `${ApiId} ${Stage}`
    const known = this.#apis.get(key)
    if (known) return known
    const sets: Record<string, string>[] = [{ ApiId }, ...(Stage === undefined ? [] : [{ ApiId, Stage }])]
    const made = sets.map((dimensions) => {
      const series = (name: string, unit: string) =>
        this.#sink.series({ namespace: 'AWS/ApiGateway', name, dimensions }, unit)
      return {
        count: series('Count', 'Count'),
        clientErrors: series('4xx', 'Count'),
        serverErrors: series('5xx', 'Count'),
        latency: series('Latency', 'Milliseconds'),
      }
    })
    this.#apis.set(key, made)
    return made
  }
}
