import { MetricUnit } from '@aws-lambda-powertools/metrics'
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { imageOf } from '#shared/dynamodb/stream-image.ts'
import type { StoredEvent } from '#shared/events/envelope.ts'
import { traceIdOf } from '#shared/events/trace-context.ts'
import { flushMetrics, logger, logWithMetrics, metrics } from '#shared/lambda/telemetry.ts'
import { newEvents } from '../domain/new-events.ts'
import { problemText } from '../domain/problem-text.ts'
import type { EventBus, UnpublishedRecords } from '../ports.ts'

interface Dependencies {
  readonly bus: EventBus
  readonly unpublished: UnpublishedRecords
}

/** Why a record of the batch was not published, by the record's index. */
interface Failure {
  readonly index: number
  readonly error: unknown
}

/**
 * Publishes the new events of the table's stream.
 *
 * A record that can never be published is stored whole, and the others are published. It is not reported: Lambda would
 * retry it with all records after it until they are too old. Only what may succeed later is reported, an unavailable bus or
 * bucket, and Lambda retries from that record on. Events that the bus accepted after it are then published again:
 * consumers recognize duplicates by their ids.
 */
export const relayHandler =
  ({ bus, unpublished }: Dependencies) =>
  async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const { pending, malformed } = collect(Records)
    const { published, rejected, unavailable } = await bus.publish(pending.map(({ event }) => event))
    const ofRecord = ({ index, error }: Failure): Failure => ({ index: pending[index]!.index, error })
    const stop = unavailable && ofRecord(unavailable)
    const poison = [...malformed, ...rejected.map(ofRecord)]
      .filter(({ index }) => stop === undefined || index < stop.index)
      .toSorted((a, b) => a.index - b.index)
    const { storedCount, notStored } = await storeAll(unpublished, Records, poison)
    if (published.length > 0) metrics.addMetric('EventsPublished', MetricUnit.Count, published.length)
    if (storedCount > 0) metrics.addMetric('RecordsStored', MetricUnit.Count, storedCount)
    logPublished(published)
    if (published.length === 0) flushMetrics()
    const failed = notStored ?? stop
    if (!failed) return { batchItemFailures: [] }
    const itemIdentifier = Records[failed.index]!.dynamodb!.SequenceNumber!
    logger.error('A record could not be relayed yet', { sequence_number: itemIdentifier, error: asError(failed.error) })
    return { batchItemFailures: [{ itemIdentifier }] }
  }

function collect(records: readonly DynamoDBRecord[]) {
  const pending: { readonly index: number; readonly event: StoredEvent }[] = []
  const malformed: Failure[] = []
  for (const [index, { dynamodb }] of records.entries()) {
    try {
      const events = newEvents(imageOf(dynamodb!.OldImage), imageOf(dynamodb!.NewImage))
      pending.push(...events.map((event) => ({ index, event })))
    } catch (error) {
      malformed.push({ index, error })
    }
  }
  return { pending, malformed }
}

/** Stores records in order, each once, until one cannot be stored. */
async function storeAll(
  unpublished: UnpublishedRecords,
  records: readonly DynamoDBRecord[],
  poison: readonly Failure[],
) {
  const stored = new Set<number>()
  for (const { index, error } of poison) {
    if (stored.has(index)) continue
    const record = records[index]!
    const problem = problemText(error)
    try {
      await unpublished.store({ id: record.eventID!, problem, record })
    } catch (storeError) {
      return { storedCount: stored.size, notStored: { index, error: storeError } }
    }
    stored.add(index)
    logger.error('A record can never be published and was stored', {
      sequence_number: record.dynamodb!.SequenceNumber,
      record_id: record.eventID,
      problem,
    })
  }
  return { storedCount: stored.size }
}

/** One line for the events of each request: a change often publishes several, and each line costs more than their ids. */
function logPublished(published: readonly StoredEvent[]): void {
  const byRequest = [...Map.groupBy(published, ({ metadata }) => metadata.correlationId)]
  for (const [index, [correlationId, events]] of byRequest.entries()) {
    const types = [...new Set(events.map(({ type }) => type))].join(', ')
    const keys = {
      correlation_id: correlationId,
      trace_id: traceIdOf(events[0]!.metadata.traceparent),
      event_ids: events.map(({ metadata }) => metadata.id),
    }
    if (index === byRequest.length - 1) logWithMetrics('info', `${types} published`, keys)
    else logger.info(`${types} published`, keys)
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
