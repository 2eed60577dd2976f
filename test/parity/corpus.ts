import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { StepResponse, Sequence } from './sequence.ts'

/** A sequence with the responses of DynamoDB Local. */
export interface Recording {
  readonly sequence: Sequence
  readonly responses: readonly StepResponse[]
}

interface Corpus {
  /** The version of DynamoDB Local that was recorded. */
  readonly version: string
  readonly recordings: readonly Recording[]
}

/** Compressed, since requests and responses are repetitive. */
const file = join(import.meta.dirname, 'recorded.json.gz')

export const readCorpus = (): Corpus => JSON.parse(gunzipSync(readFileSync(file)).toString())

/** @returns the size of the file in bytes */
export function writeCorpus(corpus: Corpus): number {
  const packed = gzipSync(JSON.stringify(corpus), { level: 9 })
  writeFileSync(file, packed)
  return packed.length
}
