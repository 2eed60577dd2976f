import * as z from 'zod'
import { StoredEvent } from '#shared/events/envelope.ts'

const Identified = z.object({ metadata: z.object({ id: z.string() }) })

/**
 * The events that a change added to an item's outbox: those of `after` whose ids are not in `before`. Only new events must
 * be well formed, since the others were published or stored when they were new. A removal adds none.
 * @throws ZodError when a new event is malformed
 */
export function newEvents(before: unknown, after: unknown): StoredEvent[] {
  if (after === undefined) return []
  const known = new Set(Array.isArray(before) ? before.map(idOf) : [])
  return z
    .array(z.unknown())
    .parse(after)
    .filter((event) => idOf(event) === undefined || !known.has(idOf(event)))
    .map((event) => StoredEvent.parse(event))
}

const idOf = (event: unknown): string | undefined => Identified.safeParse(event).data?.metadata.id
