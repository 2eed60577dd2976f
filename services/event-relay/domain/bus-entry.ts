import type { StoredEvent } from '#shared/events/envelope.ts'
import { traceHeaderOf } from '#shared/events/trace-context.ts'

/** An event in the form that a bus takes. */
export interface BusEntry {
  readonly source: string
  readonly detailType: string
  /** JSON of `{ metadata, data }`, exactly as stored. */
  readonly detail: string
  readonly time: Date
  readonly traceHeader?: string | undefined
}

export const maxEntriesARequest = 10

/** EventBridge's bound on one entry, and on all entries of one request together. */
export const maxSizeBytes = 256 * 1024

export const toBusEntry = ({ source, type, metadata, data }: StoredEvent): BusEntry => ({
  source,
  detailType: type,
  detail: JSON.stringify({ metadata, data }),
  time: new Date(metadata.time),
  traceHeader: traceHeaderOf(metadata.traceparent),
})

/** Bytes as EventBridge counts them: 14 for the time, and the UTF-8 of the rest. */
export const sizeBytesOf = ({ source, detailType, detail }: BusEntry): number =>
  14 + Buffer.byteLength(source) + Buffer.byteLength(detailType) + Buffer.byteLength(detail)
