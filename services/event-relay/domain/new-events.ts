import * as z from 'zod'
import type { StoredEvent } from '#shared/events/envelope.ts'
import { eventsAttribute, storedEventOf } from '#shared/events/outbox.ts'

const Identified = z.object({ metadata: z.object({ id: z.string() }) })

/** Reads an attribute of an item as it was before or after a change. */
type Image = (attribute: string) => unknown

/**
 * The events that a change added to an item's outbox: those after it whose ids are not among those before. Only new events
 * must be well formed, since the others were published or stored when they were new. A removal adds none.
 * @throws ZodError or Error when a new event is malformed
 */
export function newEvents(before: Image, after: Image): StoredEvent[] {
  const events = after(eventsAttribute)
  if (events === undefined) return []
  const earlier = before(eventsAttribute)
  const known = new Set(Array.isArray(earlier) ? earlier.map(idOf) : [])
  return z
    .array(z.unknown())
    .parse(events)
    .filter((event) => idOf(event) === undefined || !known.has(idOf(event)))
    .map((event) => storedEventOf(event, after))
}

const idOf = (event: unknown): string | undefined => Identified.safeParse(event).data?.metadata.id
