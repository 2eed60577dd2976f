import type { MetricSink } from '../cloudwatch/metric.ts'
import type { MappingConfiguration } from './mapping-configuration.ts'

/** A part of the metrics that Lambda publishes: for each function, and for each qualified name that was invoked. */
export class FunctionMetrics {
  readonly #sink: MetricSink

  constructor(sink: MetricSink) {
    this.#sink = sink
  }

  /** @param invokedArn the function's ARN with the qualifier of the call */
  add(name: 'Invocations' | 'Errors' | 'Throttles' | 'IteratorAge', value: number, invokedArn: string): void {
    const Resource = invokedArn.slice(invokedArn.indexOf(':function:') + ':function:'.length)
    const FunctionName = Resource.split(':', 1)[0]!
    this.#sink.add({ namespace: 'AWS/Lambda', name, dimensions: { FunctionName } }, value)
    this.#sink.add({ namespace: 'AWS/Lambda', name, dimensions: { FunctionName, Resource } }, value)
  }

  /** Counts discarded records that were sent to the destination of a mapping, if it enables that in `MetricsConfig`. */
  discarded({ uuid, countsEvents }: MappingConfiguration, records: number): void {
    if (!countsEvents) return
    const name = 'OnFailureDestinationDeliveredEventCount'
    this.#sink.add({ namespace: 'AWS/Lambda', name, dimensions: { EventSourceMappingUUID: uuid } }, records)
  }
}
