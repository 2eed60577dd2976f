import type { StoredEvent } from '#shared/events/envelope.ts'
import { inBatches } from '../domain/batches.ts'
import { maxEntriesARequest, maxSizeBytes, sizeBytesOf, toBusEntry, type BusEntry } from '../domain/bus-entry.ts'
import { newEvents } from '../domain/new-events.ts'
import type { EventBus } from '../ports.ts'

/** A change of an item, with what its `events` attribute held before and after. */
export interface Change {
  readonly sequenceNumber: string
  readonly before: unknown
  readonly after: unknown
}

export interface RelayOutcome {
  readonly published: readonly StoredEvent[]
  /** The first change that could not be relayed whole; it and all after it are to be tried again. */
  readonly failure?: { readonly sequenceNumber: string; readonly error: unknown }
}

interface Pending {
  readonly sequenceNumber: string
  readonly event: StoredEvent
  readonly entry: BusEntry
}

/**
 * Publishes the new events of the changes in their order and stops at the first that fails, so that no later batch
 * overtakes it. Events of the failed batch that the bus did take are published again with it: subscribers know a
 * repeat by its id.
 */
export async function relayChanges(bus: EventBus, changes: readonly Change[]): Promise<RelayOutcome> {
  const { pending, failure } = collect(changes)
  const published: StoredEvent[] = []
  for (const batch of inBatches(pending, ({ entry }) => sizeBytesOf(entry), limits)) {
    const errors = await publish(bus, batch)
    published.push(...batch.filter((_, index) => errors[index] === undefined).map(({ event }) => event))
    const failed = errors.findIndex((error) => error !== undefined)
    if (failed !== -1) {
      return { published, failure: { sequenceNumber: batch[failed]!.sequenceNumber, error: errors[failed] } }
    }
  }
  return { published, ...(failure ? { failure } : {}) }
}

const limits = { maxCount: maxEntriesARequest, maxSize: maxSizeBytes }

/** What can be published before the first change that cannot. */
function collect(changes: readonly Change[]): { pending: Pending[]; failure?: RelayOutcome['failure'] } {
  const pending: Pending[] = []
  for (const { sequenceNumber, before, after } of changes) {
    try {
      const ofThisChange = newEvents(before, after).map((event) => ({
        sequenceNumber,
        event,
        entry: toBusEntry(event),
      }))
      for (const { event, entry } of ofThisChange) {
        const sizeBytes = sizeBytesOf(entry)
        if (sizeBytes > maxSizeBytes)
          throw new Error(`${event.metadata.id} has ${sizeBytes} bytes; a bus takes ${maxSizeBytes}.`)
      }
      pending.push(...ofThisChange)
    } catch (error) {
      return { pending, failure: { sequenceNumber, error } }
    }
  }
  return { pending }
}

/** A request that fails as a whole fails each of its entries. */
async function publish(bus: EventBus, batch: readonly Pending[]): Promise<unknown[]> {
  try {
    return await bus.publish(batch.map(({ entry }) => entry))
  } catch (error) {
    return batch.map(() => error)
  }
}
