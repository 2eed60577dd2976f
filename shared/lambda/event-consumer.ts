import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import * as z from 'zod'
import { EventMetadata, type AnyEventOf, type EventDefinition } from '../events/envelope.ts'
import { traceIdOf } from '../events/trace-context.ts'
import { flushMetrics, logger } from './telemetry.ts'

/** An EventBridge event as a rule puts it into a queue. */
const BusEvent = z.object({
  source: z.string(),
  'detail-type': z.string(),
  detail: z.object({ metadata: EventMetadata, data: z.unknown() }),
})

/** What became of one event of a batch. A failed one is delivered again, and ends in the dead-letter queue. */
export type EventOutcome = { readonly ok: true } | { readonly ok: false; readonly error: unknown }

/**
 * Makes the Lambda handler of a queue that a rule fills. `handleBatch` gets the parsed events and answers an outcome
 * for each, in the same order. What cannot be parsed fails alone and ends in the dead-letter queue with its payload.
 */
export function eventBatchConsumer<Definition extends EventDefinition>(
  definitions: readonly Definition[],
  handleBatch: (events: AnyEventOf<Definition>[]) => Promise<EventOutcome[]>,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return async (sqsEvent) => {
    // What the batch before left in this environment, such as its correlation id, is not of this one.
    logger.resetKeys()
    const failed: SQSRecord[] = []
    const readable: { record: SQSRecord; event: AnyEventOf<Definition> }[] = []
    for (const record of sqsEvent.Records) {
      const parsed = parse(record, definitions)
      if (parsed.ok) readable.push({ record, event: parsed.event })
      else {
        failed.push(record)
        const about = { message_id: record.messageId, error: parsed.error as Error }
        logger.error('A message is not an event that this function knows', about)
      }
    }
    const startedAt = performance.now()
    const outcomes = readable.length === 0 ? [] : await handleBatch(readable.map(({ event }) => event))
    if (outcomes.length !== readable.length) throw new Error('A batch must have one outcome for each event.')
    const durationMs = Math.round(performance.now() - startedAt)
    for (const [index, { record, event }] of readable.entries()) {
      const outcome = outcomes[index]!
      report(event, outcome, durationMs)
      if (!outcome.ok) failed.push(record)
    }
    flushMetrics()
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
  }
}

function report(
  { type, metadata }: { type: string; metadata: EventMetadata },
  outcome: EventOutcome,
  durationMs: number,
) {
  const about = { ...keysOf(metadata), event_id: metadata.id, duration_ms: durationMs }
  if (outcome.ok) logger.info(`${type} handled`, about)
  else logger.error(`${type} failed, to be retried`, { ...about, error: outcome.error as Error })
}

/**
 * What ties a line to the request that its event came from. A queue's invocation has a trace of its own, which X-Ray
 * links to those of its messages; the one that began it all is the event's.
 */
const keysOf = ({ correlationId, traceparent }: EventMetadata) => ({
  correlation_id: correlationId,
  trace_id: traceIdOf(traceparent),
})

/** The same for effects that do not gain from being grouped: one event at a time, in order; a throw fails that event alone. */
export function eventConsumer<Definition extends EventDefinition>(
  definitions: readonly Definition[],
  handle: (event: AnyEventOf<Definition>) => Promise<void>,
) {
  return eventBatchConsumer(definitions, async (events) => {
    const outcomes: EventOutcome[] = []
    for (const event of events) {
      logger.resetKeys()
      logger.appendKeys(keysOf(event.metadata))
      outcomes.push(await handle(event).then(succeeded, (error: unknown) => ({ ok: false, error }) as const))
    }
    return outcomes
  })
}

const succeeded = () => ({ ok: true }) as const

type Parsed<Definition extends EventDefinition> =
  { ok: true; event: AnyEventOf<Definition> } | { ok: false; error: unknown }

function parse<Definition extends EventDefinition>(
  record: SQSRecord,
  definitions: readonly Definition[],
): Parsed<Definition> {
  try {
    const { source, 'detail-type': type, detail } = BusEvent.parse(JSON.parse(record.body))
    const { version } = detail.metadata
    const definition = definitions.find(
      (candidate) => candidate.source === source && candidate.type === type && candidate.version === version,
    )
    if (!definition) throw new Error(`No subscriber here for version ${version} of ${source} ${type}.`)
    const data = definition.data.parse(detail.data)
    return { ok: true, event: { source, type, metadata: detail.metadata, data } as AnyEventOf<Definition> }
  } catch (error) {
    return { ok: false, error }
  }
}
