import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import * as z from 'zod'
import { RecordedEvent } from '../domain/recorded-event.ts'

/** Below the 400 KB of an item, and small enough that reading a few events stays cheap. */
export const maxBatchBytes = 64 * 1024

/** Between the fastest and the smallest: events of one order repeat most of each other's text at any quality. */
const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }

/** Compresses events into as few batches as fit into the size of an item; one event always fits. */
export function compressed(recorded: readonly RecordedEvent[]): Uint8Array[] {
  const bytes = brotliCompressSync(JSON.stringify(recorded), options)
  if (bytes.length <= maxBatchBytes || recorded.length < 2) return [bytes]
  const half = Math.ceil(recorded.length / 2)
  return [...compressed(recorded.slice(0, half)), ...compressed(recorded.slice(half))]
}

const Batch = z.array(RecordedEvent)

export const decompressed = (bytes: Uint8Array): RecordedEvent[] =>
  Batch.parse(JSON.parse(brotliDecompressSync(bytes).toString('utf8')))
