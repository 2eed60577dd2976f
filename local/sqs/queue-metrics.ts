import type { MetricSink, Series } from '../cloudwatch/metric.ts'
import type { Clock } from '../clock.ts'

/** SQS continues to publish the depth of an empty queue for six hours after its last activity. */
const activeMs = 6 * 3_600_000

/** The depth of a queue and the age of its oldest message. */
interface QueueGauge {
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

/** The metrics that SQS publishes per queue. */
export class QueueMetrics {
  readonly #sink: MetricSink
  readonly #clock: Clock
  readonly #queues = new Map<string, QueueSeries>()

  constructor(sink: MetricSink, clock: Clock) {
    this.#sink = sink
    this.#clock = clock
  }

  count(queueName: string, event: 'sent' | 'received' | 'deleted'): void {
    const series = this.#of(queueName)
    series[event].add(1)
    series.lastActiveMs = this.#clock.now()
  }

  /** Publishes the depth of a queue, unless it was inactive for six hours. */
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
    const created: QueueSeries = {
      sent: series('NumberOfMessagesSent'),
      received: series('NumberOfMessagesReceived'),
      deleted: series('NumberOfMessagesDeleted'),
      visible: series('ApproximateNumberOfMessagesVisible'),
      inFlight: series('ApproximateNumberOfMessagesNotVisible'),
      delayed: series('ApproximateNumberOfMessagesDelayed'),
      age: series('ApproximateAgeOfOldestMessage', 'Seconds'),
      lastActiveMs: -Infinity,
    }
    this.#queues.set(queueName, created)
    return created
  }
}
