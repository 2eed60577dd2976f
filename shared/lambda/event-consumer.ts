import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import * as z from 'zod'
import { EventMetadata, type AnyEventOf, type EventDefinition } from '../events/envelope.ts'
import { traceIdOf } from '../events/trace-context.ts'
import { failed, ok, type Result } from '../result.ts'
import { flushMetrics, logger } from './telemetry.ts'

/** An EventBridge event as a rule sends it to a queue. */
const BusEvent = z.object({
  source: z.string(),
  'detail-type': z.string(),
  detail: z.object({ metadata: EventMetadata, data: z.unknown() }),
})

/** The outcome of one event of a batch, with the error of a failed one: SQS delivers it again, then moves it to the DLQ. */
export type EventOutcome = Result<unknown, unknown>

/**
 * Makes the Lambda handler of a queue that an EventBridge rule sends to. `handleBatch` takes the parsed events and returns
 * an outcome for each, in the same order. Only the messages that cannot be parsed fail; they end in the dead-letter
 * queue.
 */
export function eventBatchConsumer<Definition extends EventDefinition>(
  definitions: readonly Definition[],
  handleBatch: (events: AnyEventOf<Definition>[]) => Promise<EventOutcome[]>,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return async (sqsEvent) => {
    // Removes the keys of the previous batch from the logger of this environment, such as its correlation id.
    logger.resetKeys()
    const failures: SQSRecord[] = []
    const readable: { record: SQSRecord; event: AnyEventOf<Definition> }[] = []
    for (const record of sqsEvent.Records) {
      const parsed = parse(record, definitions)
      if (parsed.ok) readable.push({ record, event: parsed.value })
      else {
        failures.push(record)
        const about = { message_id: record.messageId, error: parsed.failure as Error }
        logger.error('A message is not an event that this function subscribes to', about)
      }
    }
    const startedAt = performance.now()
    const outcomes = readable.length === 0 ? [] : await handleBatch(readable.map(({ event }) => event))
    if (outcomes.length !== readable.length) throw new Error('A batch must have one outcome for each event.')
    const durationMs = Math.round(performance.now() - startedAt)
    for (const [index, { record, event }] of readable.entries()) {
      const outcome = outcomes[index]!
      report(event, outcome, durationMs)
      if (!outcome.ok) failures.push(record)
    }
    flushMetrics()
    return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) }
  }
}

function report(
  { type, metadata }: { type: string; metadata: EventMetadata },
  outcome: EventOutcome,
  durationMs: number,
) {
  const about = { ...keysOf(metadata), event_id: metadata.id, duration_ms: durationMs }
  if (outcome.ok) logger.info(`${type} handled`, about)
  else logger.error(`${type} failed, to be retried`, { ...about, error: outcome.failure as Error })
}

/**
 * The keys that relate a log line to the request that caused the event. The invocation of a queue's function has a trace
 * of its own, which X-Ray links to those of its messages; the event carries the trace of the first request.
 */
const keysOf = ({ correlationId, traceparent }: EventMetadata) => ({
  correlation_id: correlationId,
  trace_id: traceIdOf(traceparent),
})

/** The same handler for effects that do not benefit from batching: events are handled sequentially; a throw fails one. */
export function eventConsumer<Definition extends EventDefinition>(
  definitions: readonly Definition[],
  handle: (event: AnyEventOf<Definition>) => Promise<void>,
) {
  return eventBatchConsumer(definitions, async (events) => {
    const outcomes: EventOutcome[] = []
    for (const event of events) {
      logger.resetKeys()
      logger.appendKeys(keysOf(event.metadata))
      outcomes.push(await handle(event).then(ok, failed))
    }
    return outcomes
  })
}

function parse<Definition extends EventDefinition>(
  record: SQSRecord,
  definitions: readonly Definition[],
): Result<AnyEventOf<Definition>, unknown> {
  try {
    const { source, 'detail-type': type, detail } = BusEvent.parse(JSON.parse(record.body))
    const { version } = detail.metadata
    const definition = definitions.find(
      (candidate) => candidate.source === source && candidate.type === type && candidate.version === version,
    )
    if (!definition) throw new Error(`No subscriber handles version ${version} of ${source} ${type}.`)
    const data = definition.data.parse(detail.data)
    return ok({ source, type, metadata: detail.metadata, data } as AnyEventOf<Definition>)
  } catch (error) {
    return failed(error)
  }
}
