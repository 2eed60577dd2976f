import { PutEventsCommand, type EventBridgeClient, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge'
import type { StoredEvent } from '#shared/events/envelope.ts'
import { traceHeaderOf } from '#shared/events/trace-context.ts'
import { EventRejectedError, type EventBus } from '../ports.ts'

/** Limits of PutEvents: entries of a request, and bytes of an entry as well as of all entries of a request. */
const maxEntries = 10
const maxSizeBytes = 256 * 1024

interface Entry extends PutEventsRequestEntry {
  readonly Source: string
  readonly DetailType: string
  readonly Detail: string
}

export const eventBridge = (client: Pick<EventBridgeClient, 'send'>, busName: string): EventBus => ({
  async publish(events) {
    const entries = events.map((event) => entryOf(event, busName))
    const published: StoredEvent[] = []
    let start = 0
    while (start < entries.length) {
      const end = endOfRequest(entries, start)
      const errors = end === start ? [tooLarge(entries[start]!)] : await put(client, entries.slice(start, end))
      published.push(...events.slice(start, end).filter((_, offset) => errors[offset] === undefined))
      const failed = errors.findIndex((error) => error !== undefined)
      if (failed !== -1) return { published, failure: { index: start + failed, error: errors[failed] } }
      start = end
    }
    return { published }
  },
})

/** The detail is the event exactly as it is stored. */
const entryOf = ({ source, type, metadata, data }: StoredEvent, busName: string): Entry => ({
  EventBusName: busName,
  Source: source,
  DetailType: type,
  Detail: JSON.stringify({ metadata, data }),
  Time: new Date(metadata.time),
  TraceHeader: traceHeaderOf(metadata.traceparent),
})

/** The end of the longest request that starts at `start`: `start` itself when that entry alone is too large. */
function endOfRequest(entries: readonly Entry[], start: number): number {
  let end = start
  let sizeBytes = 0
  while (end < entries.length && end - start < maxEntries) {
    sizeBytes += sizeBytesOf(entries[end]!)
    if (sizeBytes > maxSizeBytes) break
    end += 1
  }
  return end
}

/** As EventBridge calculates the size of an entry with a time: 14 bytes, and the UTF-8 of its texts. */
const sizeBytesOf = ({ Source, DetailType, Detail }: Entry): number =>
  14 + Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail)

const tooLarge = (entry: Entry) =>
  new EventRejectedError(`${entry.DetailType} has ${sizeBytesOf(entry)} bytes; EventBridge accepts ${maxSizeBytes}.`)

/** @returns for each entry, in the same order, undefined or why it was not published */
async function put(client: Pick<EventBridgeClient, 'send'>, entries: Entry[]): Promise<unknown[]> {
  try {
    const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: entries }))
    // PutEvents succeeds even when it rejects entries; a published entry has an id.
    return entries.map((_, index) => {
      const answer = Entries[index]
      if (answer?.EventId) return undefined
      return new EventRejectedError(`${answer?.ErrorCode ?? 'NoAnswer'}: ${answer?.ErrorMessage ?? 'unknown'}`)
    })
  } catch (error) {
    return entries.map(() => error)
  }
}
