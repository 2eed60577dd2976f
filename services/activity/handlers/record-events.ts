import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { BusEvent } from '#shared/lambda/event-consumer.ts'
import { logger } from '#shared/lambda/telemetry.ts'
import { failed, ok, type Result } from '#shared/result.ts'
import { RecordedEvent } from '../domain/recorded-event.ts'
import type { EventLog } from '../ports.ts'

/**
 * Records events of any definition and version. It logs one line for a batch and not one for each event, since the events
 * themselves can be read. Only messages that are no events fail.
 */
export function recordEventsHandler(log: Pick<EventLog, 'append'>, now: () => Date) {
  return async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    logger.resetKeys()
    const startedAt = performance.now()
    const events: RecordedEvent[] = []
    const unreadable: SQSRecord[] = []
    for (const record of Records) {
      const parsed = parse(record)
      if (parsed.ok) events.push(parsed.value)
      else {
        unreadable.push(record)
        logger.error('A message is not an event', { message_id: record.messageId, error: parsed.failure as Error })
      }
    }
    // Messages of a batch are in no particular order.
    events.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
    if (events.length > 0) await log.append(events, now())
    logger.info('Events recorded', {
      recorded: events.length,
      unreadable: unreadable.length,
      duration_ms: Math.round(performance.now() - startedAt),
    })
    return { batchItemFailures: unreadable.map(({ messageId }) => ({ itemIdentifier: messageId })) }
  }
}

function parse({ body }: SQSRecord): Result<RecordedEvent, unknown> {
  try {
    const { source, 'detail-type': type, detail } = BusEvent.parse(JSON.parse(body))
    return ok(RecordedEvent.parse({ ...detail.metadata, source, type, data: detail.data }))
  } catch (error) {
    return failed(error)
  }
}
