import * as z from 'zod'
import { EventMetadata } from '#shared/events/envelope.ts'

/** An event of the bus as staff see it. */
export const RecordedEvent = z.object({
  id: EventMetadata.shape.id,
  type: z.string(),
  source: z.string(),
  time: EventMetadata.shape.time,
  data: z.record(z.string(), z.unknown()),
  correlationId: EventMetadata.shape.correlationId,
  causationId: EventMetadata.shape.causationId,
})
export type RecordedEvent = z.infer<typeof RecordedEvent>

/** Of events that were recorded twice, the first. */
export const withoutDuplicates = (events: readonly RecordedEvent[]): RecordedEvent[] =>
  [...new Map(events.toReversed().map((event) => [event.id, event])).values()].toReversed()
