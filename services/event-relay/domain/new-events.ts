import * as z from 'zod'
import { StoredEvent } from '#shared/events/envelope.ts'

const Identified = z.object({ metadata: z.object({ id: z.string() }) })

/**
 * The events that a change of an item brought: those after it whose ids were not there before it. What was there
 * before was judged when it was written, so only what is new must be well formed.
 * @throws ZodError when what is new is not an event
 */
export function newEvents(before: unknown, after: unknown): StoredEvent[] {
  // A removal, by expiry or by hand, tells nothing: an event is told by the write that stores it.
  if (after === undefined) return []
  const known = new Set(Array.isArray(before) ? before.map(idOf) : [])
  return z
    .array(z.unknown())
    .parse(after)
    .filter((event) => idOf(event) === undefined || !known.has(idOf(event)))
    .map((event) => StoredEvent.parse(event))
}

const idOf = (event: unknown): string | undefined => Identified.safeParse(event).data?.metadata.id
