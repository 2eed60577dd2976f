import {
  PutEventsCommand,
  type EventBridgeClient,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge'
import type { StoredEvent } from '#shared/events/envelope.ts'
import { traceHeaderOf } from '#shared/events/trace-context.ts'
import type { EventBus, PublishingFailure } from '../ports.ts'

/**
 * Entries of a request, and bytes of an entry as well as of all entries of a request. 256 KB is the limit that EventBridge
 * had for years and that SQS had too; an event that needs the larger one of 2026 should refer to its data instead.
 */
const maxEntries = 10
const maxSizeBytes = 256 * 1024

/**
 * The codes of an entry that no later request changes (EventBridge API Reference, PutEventsResultEntry: "Non-retryable
 * errors"). AccessDeniedException and InvalidAccountIdException are among those of AWS and not among these: they are about
 * the caller, so they fail every entry until a person corrects the role, and nothing is wrong with the event.
 */
const rejectingCodes: ReadonlySet<string | undefined> = new Set([
  'InvalidArgument',
  'MalformedDetail',
  'RedactionFailure',
  'NotAuthorizedForSourceException',
  'NotAuthorizedForDetailTypeException',
])

/**
 * Requests at the same time. One after another, a batch of 100 records waits for ten responses of EventBridge, and the only
 * shard of a small table has one batch at a time: that delay would limit how many events the shop publishes per second.
 */
const concurrentRequests = 10

interface Entry extends PutEventsRequestEntry {
  readonly Source: string
  readonly DetailType: string
  readonly Detail: string
}

interface Request {
  /** The index of its first entry among all. */
  readonly start: number
  readonly entries: readonly Entry[]
}

export const eventBridge = (client: Pick<EventBridgeClient, 'send'>, busName: string): EventBus => ({
  async publish(events) {
    const requests = requestsFor(events.map((event) => entryOf(event, busName)))
    const published: StoredEvent[] = []
    const rejected: PublishingFailure[] = []
    let unavailable: PublishingFailure | undefined
    for (let next = 0; next < requests.length && !unavailable; next += concurrentRequests) {
      const group = requests.slice(next, next + concurrentRequests)
      const results = await Promise.all(
        group.map(async ({ start, entries }) => ({ start, of: await put(client, entries) })),
      )
      for (const { start, of } of results) {
        for (const [offset, result] of of.entries()) {
          const index = start + offset
          if (result.kind === 'published') published.push(events[index]!)
          else if (result.kind === 'rejected') rejected.push({ index, error: result.error })
          else unavailable ??= { index, error: result.error }
        }
      }
    }
    return { published, rejected, ...(unavailable && { unavailable }) }
  },
})

type EntryResult =
  | { readonly kind: 'published' }
  /** The bus will never accept the entry. */
  | { readonly kind: 'rejected'; readonly error: Error }
  /** The bus may accept the entry later. */
  | { readonly kind: 'unavailable'; readonly error: Error }

/** The detail is the unchanged stored event. */
const entryOf = ({ source, type, metadata, data }: StoredEvent, busName: string): Entry => ({
  EventBusName: busName,
  Source: source,
  DetailType: type,
  Detail: JSON.stringify({ metadata, data }),
  Time: new Date(metadata.time),
  TraceHeader: traceHeaderOf(metadata.traceparent),
})

/** The fewest requests in the order of the entries; one that alone exceeds the limit is a request of its own. */
function requestsFor(entries: readonly Entry[]): Request[] {
  const requests: { start: number; entries: Entry[] }[] = []
  let sizeBytes = 0
  for (const [start, entry] of entries.entries()) {
    const last = requests.at(-1)
    sizeBytes += sizeBytesOf(entry)
    if (last && last.entries.length < maxEntries && sizeBytes <= maxSizeBytes) {
      last.entries.push(entry)
      continue
    }
    requests.push({ start, entries: [entry] })
    sizeBytes = sizeBytesOf(entry)
  }
  return requests
}

/** The entry size as EventBridge calculates it: 14 bytes for the time, and the UTF-8 length of its strings. */
const sizeBytesOf = ({ Source, DetailType, Detail }: Entry): number =>
  14 + Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail)

const tooLarge = (entry: Entry): EntryResult => ({
  kind: 'rejected',
  error: new Error(`${entry.DetailType} has ${sizeBytesOf(entry)} bytes; the limit is ${maxSizeBytes}.`),
})

/** @returns a result for each entry, in the same order; fewer when the bus became unavailable */
async function put(client: Pick<EventBridgeClient, 'send'>, entries: readonly Entry[]): Promise<EntryResult[]> {
  if (sizeBytesOf(entries[0]!) > maxSizeBytes) return [tooLarge(entries[0]!)]
  try {
    const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [...entries] }))
    // PutEvents succeeds even when it rejects entries; a published entry has an id.
    return entries.map((_, index) => resultOf(Entries[index]))
  } catch (error) {
    if (!(error instanceof Error)) throw error
    if (error.name !== 'ValidationException') return [{ kind: 'unavailable', error }]
    // One invalid entry, such as a detail type over 128 characters, fails a request with all its entries.
    return entries.length === 1 ? [{ kind: 'rejected', error }] : putOneByOne(client, entries)
  }
}

async function putOneByOne(client: Pick<EventBridgeClient, 'send'>, entries: readonly Entry[]): Promise<EntryResult[]> {
  const results: EntryResult[] = []
  for (const entry of entries) {
    const [result] = await put(client, [entry])
    results.push(result!)
    if (result!.kind === 'unavailable') break
  }
  return results
}

function resultOf(entry: PutEventsResultEntry | undefined): EntryResult {
  if (entry?.EventId) return { kind: 'published' }
  const error = new Error(`${entry?.ErrorCode ?? 'NoResponse'}: ${entry?.ErrorMessage ?? 'unknown'}`)
  return { kind: rejectingCodes.has(entry?.ErrorCode) ? 'rejected' : 'unavailable', error }
}
