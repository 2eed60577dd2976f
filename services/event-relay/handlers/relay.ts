import { MetricUnit } from '@aws-lambda-powertools/metrics'
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { attributeOf } from '#shared/dynamodb/stream-image.ts'
import { eventsAttribute, type StoredEvent } from '#shared/events/envelope.ts'
import { traceIdOf } from '#shared/events/trace-context.ts'
import { flushMetrics, logger, metrics } from '#shared/lambda/telemetry.ts'
import { newEvents } from '../domain/new-events.ts'
import type { EventBus } from '../ports.ts'

/** Where relaying stopped: Lambda retries from this record on. */
interface Failure {
  readonly sequenceNumber: string
  readonly error: unknown
}

/**
 * Publishes the new events of the table's stream in order, and reports the first record that failed. Events of the failed
 * request that the bus accepted are published again with the retry: consumers recognize duplicates by their ids.
 */
export const relayHandler =
  (bus: EventBus) =>
  async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const { pending, malformed } = collect(Records)
    const { published, failure } = await bus.publish(pending.map(({ event }) => event))
    for (const event of published) logPublished(event)
    if (published.length > 0) metrics.addMetric('EventsPublished', MetricUnit.Count, published.length)
    flushMetrics()
    const failed = failure
      ? { sequenceNumber: pending[failure.index]!.sequenceNumber, error: failure.error }
      : malformed
    if (!failed) return { batchItemFailures: [] }
    const { sequenceNumber, error } = failed
    logger.error('A record could not be relayed', { sequence_number: sequenceNumber, error: asError(error) })
    return { batchItemFailures: [{ itemIdentifier: sequenceNumber }] }
  }

/** The new events of all records before the first one with a malformed event. */
function collect(records: readonly DynamoDBRecord[]): {
  readonly pending: readonly { sequenceNumber: string; event: StoredEvent }[]
  readonly malformed?: Failure
} {
  const pending: { sequenceNumber: string; event: StoredEvent }[] = []
  for (const { dynamodb } of records) {
    const sequenceNumber = dynamodb!.SequenceNumber!
    try {
      const before = attributeOf(dynamodb!.OldImage, eventsAttribute)
      const after = attributeOf(dynamodb!.NewImage, eventsAttribute)
      pending.push(...newEvents(before, after).map((event) => ({ sequenceNumber, event })))
    } catch (error) {
      return { pending, malformed: { sequenceNumber, error } }
    }
  }
  return { pending }
}

const logPublished = ({ type, metadata: { id, correlationId, traceparent } }: StoredEvent): void =>
  logger.info(`${type} published`, {
    correlation_id: correlationId,
    trace_id: traceIdOf(traceparent),
    event_id: id,
  })

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
