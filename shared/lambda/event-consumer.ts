import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import * as z from 'zod'
import { EventMetadata, type AnyEventOf, type EventDefinition } from '../events/envelope.ts'
import { traceIdOf } from '../events/trace-context.ts'
import { failed, ok, type Result } from '../result.ts'
import { logger, logWithMetrics, withLogKeys } from './telemetry.ts'

/** An EventBridge event as a rule sends it to a queue. */
export const BusEvent = z.object({
  source: z.string(),
  'detail-type': z.string(),
  detail: z.object({ metadata: EventMetadata, data: z.unknown() }),
})

/** What was done about an event, for its log line: `{ outcome: 'applied' }`, with other keys in snake case. */
export type Handled = Readonly<Record<string, unknown> & { outcome: string }>

/** The outcome of one event of a batch, with the error of a failed one: SQS delivers it again, then moves it to the DLQ. */
export type EventOutcome = Result<Handled, unknown>

/**
 * Makes the Lambda handler of a queue that an EventBridge rule sends to. `handleBatch` takes the parsed events and
 * returns an outcome for each, in the same order. Each event is logged in one line. Only the messages that cannot be
 * parsed fail; they end in the dead-letter queue.
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
      const isLast = index === readable.length - 1
      report(event, outcome, { batchMs: durationMs, log: isLast ? logWithMetrics : logOnly })
      if (!outcome.ok) failures.push(record)
    }
    return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) }
  }
}

const logOnly: typeof logWithMetrics = (level, message, keys) => logger[level](message, keys)

/** @param options.batchMs the duration of the whole batch; an event that was handled by itself has its own */
function report(
  { type, metadata, data }: { type: string; metadata: EventMetadata; data: unknown },
  outcome: EventOutcome,
  { batchMs, log }: { batchMs: number; log: typeof logWithMetrics },
) {
  const { orderId } = data as { orderId?: string }
  // Most ids of events contain the order's.
  const order = orderId !== undefined && metadata.id.includes(orderId) ? {} : { order_id: orderId }
  const about = { ...keysOf(metadata), event_id: metadata.id, ...order, duration_ms: batchMs }
  if (outcome.ok) log('info', `${type} handled`, { ...about, ...outcome.value })
  else log('error', `${type} failed, to be retried`, { ...about, outcome: 'failed', error: outcome.failure })
}

/**
 * The keys that relate a log line to the request that caused the event. The invocation of a queue's function has a trace
 * of its own, which X-Ray links to those of its messages; the event carries the trace of the first request.
 */
const keysOf = ({ correlationId, traceparent }: EventMetadata) => ({
  correlation_id: correlationId,
  trace_id: traceIdOf(traceparent),
})

/**
 * The same handler for effects of one event; a throw fails only that event. Events of one subject are handled sequentially,
 * so that a batch does not conflict with itself; all others at the same time, since an effect mostly waits for responses.
 * @param subjectOf what the effect of an event changes. @default the order of the event, otherwise its aggregate
 */
export function eventConsumer<Definition extends EventDefinition>(
  definitions: readonly Definition[],
  handle: (event: AnyEventOf<Definition>) => Promise<Handled>,
  subjectOf: (event: AnyEventOf<Definition>) => string = orderOrAggregateOf,
) {
  async function handleOne(event: AnyEventOf<Definition>): Promise<EventOutcome> {
    const startedAt = performance.now()
    try {
      const handled = await withLogKeys(keysOf(event.metadata), () => handle(event))
      return ok({ duration_ms: Math.round(performance.now() - startedAt), ...handled })
    } catch (error) {
      return failed(error)
    }
  }

  return eventBatchConsumer(definitions, (events) => {
    const last = new Map<string, Promise<EventOutcome>>()
    const outcomes = events.map((event) => {
      const subject = subjectOf(event)
      const previous = last.get(subject)
      const outcome = previous ? previous.then(() => handleOne(event)) : handleOne(event)
      last.set(subject, outcome)
      return outcome
    })
    return Promise.all(outcomes)
  })
}

/** The order that an event is about, otherwise its aggregate, which is in its id: `BookLent/<aggregate>/<version>`. */
function orderOrAggregateOf({ metadata: { id }, data }: { metadata: EventMetadata; data: unknown }): string {
  const { orderId } = data as { orderId?: string }
  return orderId ?? id.slice(id.indexOf('/') + 1, id.lastIndexOf('/'))
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
