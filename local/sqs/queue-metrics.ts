import type { MetricSink, Series } from '../cloudwatch/metric.ts'
import type { Clock } from '../clock.ts'

/** SQS goes on telling that a queue is empty for six hours after something happened to it. */
const activeMs = 6 * 3_600_000

/** How full a queue is. */
export interface QueueGauge {
  readonly visible: number
  readonly inFlight: number
  readonly delayed: number
  readonly oldestAgeMs: number
}

interface QueueSeries {
  readonly sent: Series
  readonly received: Series
  readonly deleted: Series
  readonly visible: Series
  readonly inFlight: Series
  readonly delayed: Series
  readonly age: Series
  lastActiveMs: number
}

/** The metrics that SQS publishes of its queues, by queue name. */
export class QueueMetrics {
  readonly #sink: MetricSink
  readonly #clock: Clock
  readonly #queues = new Map<string, QueueSeries>()

  constructor(sink: MetricSink, clock: Clock) {
    this.#sink = sink
    this.#clock = clock
  }

  count(queueName: string, what: 'sent' | 'received' | 'deleted'): void {
    const series = this.#of(queueName)
    series[what].add(1)
    series.lastActiveMs = this.#clock.now()
  }

  /** Publishes how full a queue is, unless nothing happened to it for long. */
  gauge(queueName: string, { visible, inFlight, delayed, oldestAgeMs }: QueueGauge, atMs: number): void {
    const series = this.#of(queueName)
    if (visible + inFlight + delayed > 0) series.lastActiveMs = atMs
    if (atMs - series.lastActiveMs > activeMs) return
    series.visible.add(visible, 1, atMs)
    series.inFlight.add(inFlight, 1, atMs)
    series.delayed.add(delayed, 1, atMs)
    series.age.add(Math.floor(oldestAgeMs / 1000), 1, atMs)
  }

  #of(queueName: string): QueueSeries {
    const known = this.#queues.get(queueName)
    if (known) return known
    const series = (name: string, unit = 'Count') =>
      this.#sink.series({ namespace: 'AWS/SQS', name, dimensions: { QueueName: queueName } }, unit)
    const made: QueueSeries = {
      sent: series('NumberOfMessagesSent'),
      received: series('NumberOfMessagesReceived'),
      deleted: series('NumberOfMessagesDeleted'),
      visible: series('ApproximateNumberOfMessagesVisible'),
      inFlight: series('ApproximateNumberOfMessagesNotVisible'),
      delayed: series('ApproximateNumberOfMessagesDelayed'),
      age: series('ApproximateAgeOfOldestMessage', 'Seconds'),
      lastActiveMs: -Infinity,
    }
    this.#queues.set(queueName, made)
    return made
  }
}
