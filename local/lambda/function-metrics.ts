import type { MetricSink, Series } from '../cloudwatch/metric.ts'
import type { MappingConfiguration } from './mapping-configuration.ts'

const counts = [
  'Invocations',
  'Errors',
  'Throttles',
  'AsyncEventsReceived',
  'AsyncEventsDropped',
  'DeadLetterErrors',
  'DestinationDeliveryFailures',
] as const
const milliseconds = ['Duration', 'IteratorAge', 'AsyncEventAge'] as const

type FunctionMetric = (typeof counts)[number] | (typeof milliseconds)[number] | 'ConcurrentExecutions'
const units: ReadonlyMap<FunctionMetric, string> = new Map([
  ...[...counts, 'ConcurrentExecutions' as const].map((name) => [name, 'Count'] as const),
  ...milliseconds.map((name) => [name, 'Milliseconds'] as const),
])

type MappingMetric =
  | 'PolledEventCount'
  | 'FilteredOutEventCount'
  | 'InvokedEventCount'
  | 'FailedInvokeEventCount'
  | 'DeletedEventCount'
  | 'DroppedEventCount'
  | 'OnFailureDestinationDeliveredEventCount'

/** The metrics that Lambda publishes: for all functions, for each one, and for each qualified name that was invoked. */
export class FunctionMetrics {
  readonly #sink: MetricSink
  /** By metric and invoked ARN. */
  readonly #series = new Map<string, readonly Series[]>()
  readonly #mappings = new Map<string, Series>()
  #account: Series | undefined

  constructor(sink: MetricSink) {
    this.#sink = sink
  }

  /** @param invokedArn the function's ARN with the qualifier of the call */
  add(metric: FunctionMetric, value: number, invokedArn: string): void {
    for (const series of this.#of(metric, invokedArn)) series.add(value)
  }

  /** Records how many invocations are running in the account. */
  concurrency(running: number): void {
    this.#account ??= this.#sink.series(lambda('ConcurrentExecutions', {}), 'Count')
    this.#account.add(running)
  }

  /** Counts events of a mapping that enables it in `MetricsConfig`. */
  events({ uuid, countsEvents }: MappingConfiguration, metric: MappingMetric, events: number): void {
    if (!countsEvents) return
    const key = `${metric} ${uuid}`
    let series = this.#mappings.get(key)
    if (!series) {
      series = this.#sink.series(lambda(metric, { EventSourceMappingUUID: uuid }), 'Count')
      this.#mappings.set(key, series)
    }
    series.add(events)
  }

  #of(metric: FunctionMetric, invokedArn: string): readonly Series[] {
    const key = `${metric} ${invokedArn}`
    const known = this.#series.get(key)
    if (known) return known
    const resource = invokedArn.slice(invokedArn.indexOf(':function:') + ':function:'.length)
    const FunctionName = resource.split(':', 1)[0]!
    const sets = [{ FunctionName }, { FunctionName, Resource: resource }]
    // The account's concurrency is not the sum of the samples of its functions.
    const all = metric === 'ConcurrentExecutions' ? sets : [{}, ...sets]
    const made = all.map((dimensions) => this.#sink.series(lambda(metric, dimensions), units.get(metric)))
    this.#series.set(key, made)
    return made
  }
}

const lambda = (name: string, dimensions: Record<string, string>) => ({ namespace: 'AWS/Lambda', name, dimensions })
