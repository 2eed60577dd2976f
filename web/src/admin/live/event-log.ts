import type { BusEvent } from '../../api/types.ts'

/** The events that this page has seen, oldest first, and where the next ones begin. */
export interface EventLog {
  readonly events: readonly BusEvent[]
  readonly cursor: string | undefined
}

export const emptyLog: EventLog = { events: [], cursor: undefined }

/** Enough for an hour of a busy shop, and little enough for a page that stays open for days. */
const maximumEvents = 2000

/** Adds a response. An event is delivered at least once, so the log may contain it already: the first one stays. */
export function extendLog(
  { events }: EventLog,
  response: { readonly items: readonly BusEvent[]; readonly nextCursor: string },
): EventLog {
  const known = new Map(events.map((event) => [event.id, event]))
  for (const event of response.items) if (!known.has(event.id)) known.set(event.id, event)
  const cursor = response.nextCursor
  return known.size === events.length ? { events, cursor } : { events: inOrder([...known.values()]), cursor }
}

/** By time; of events of the same moment, a cause is before its effects. */
function inOrder(events: readonly BusEvent[]): BusEvent[] {
  const causes = new Set(events.map(({ causationId }) => causationId))
  return events
    .toSorted(
      (one, other) =>
        compare(one.time, other.time) ||
        Number(causes.has(other.id)) - Number(causes.has(one.id)) ||
        compare(one.id, other.id),
    )
    .slice(-maximumEvents)
}

const compare = (one: string, other: string) => (one < other ? -1 : Number(one > other))
