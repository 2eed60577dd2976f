import { MetricUnit } from '@aws-lambda-powertools/metrics'
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import { traceIdOf } from '#shared/events/trace-context.ts'
import { flushMetrics, logger, metrics } from '#shared/lambda/telemetry.ts'
import type { EventBus } from '../ports.ts'
import { relayChanges } from '../use-cases/relay-changes.ts'
import { toChange } from './stream-change.ts'

/** The consumer of the table's stream. It answers the first record that failed; Lambda goes on from there. */
export const relayHandler =
  (bus: EventBus) =>
  async (stream: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const { published, failure } = await relayChanges(bus, stream.Records.map(toChange))
    for (const { type, metadata } of published) {
      const { id, correlationId, traceparent } = metadata
      logger.info(`${type} published`, {
        correlation_id: correlationId,
        trace_id: traceIdOf(traceparent),
        event_id: id,
      })
    }
    if (published.length > 0) metrics.addMetric('EventsPublished', MetricUnit.Count, published.length)
    flushMetrics()
    if (!failure) return { batchItemFailures: [] }
    const { sequenceNumber, error } = failure
    logger.error('A change could not be relayed', { sequence_number: sequenceNumber, error: asError(error) })
    return { batchItemFailures: [{ itemIdentifier: sequenceNumber }] }
  }

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
