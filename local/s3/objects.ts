import { createHash } from 'node:crypto'
import { accountId } from '../assembly/provider.ts'
import { dayMs, type Clock } from '../clock.ts'
import type { Publication } from '../events/event.ts'
import type { State } from '../state/state.ts'
import { bucketArn, type Bucket, type Buckets } from './buckets.ts'

export interface StoredObject {
  readonly bucket: string
  readonly key: string
  readonly size: number
  /** The MD5 of the bytes in hex, without quotes. */
  readonly etag: string
  readonly modifiedMs: number
  /** `content-type`, `cache-control` … and `x-amz-meta-…`, as they are returned. */
  readonly headers: Readonly<Record<string, string>>
}

/** Without the bytes. */
const columns = 'bucket, key, size, etag, modified_ms AS modifiedMs, headers'
type ObjectRow = Omit<StoredObject, 'headers'> & { readonly headers: string }

/** Why an object changed, in its event. */
interface Cause {
  readonly reason: 'PutObject' | 'POST Object' | 'CopyObject' | 'DeleteObject' | 'Lifecycle Expiration'
  readonly requestId: string
}

export type Publish = (event: Publication) => unknown

/** The objects of all buckets, in the state file. A change and its event are one transaction. */
export class Objects {
  readonly #state: State
  readonly #parts: { clock: Clock; buckets: Buckets; publish: Publish }
  #lastSequence = 0

  constructor({ state, ...parts }: { state: State; clock: Clock; buckets: Buckets; publish: Publish }) {
    this.#state = state
    this.#parts = parts
    // The bytes come last, so that rows are read without them.
    this.#state.define(`CREATE TABLE IF NOT EXISTS s3_objects (
      bucket TEXT NOT NULL, key TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, modified_ms INTEGER NOT NULL,
      headers TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (bucket, key))`)
  }

  /** Stores an object, in place of one with the same key. @throws AwsError NoSuchBucket */
  put(
    object: { bucket: string; key: string; body: Buffer; headers: StoredObject['headers'] },
    cause: Cause,
  ): Pick<StoredObject, 'etag' | 'modifiedMs'> {
    const { bucket, key, headers, body } = object
    const { sendsEvents } = this.#parts.buckets.require(bucket)
    const size = body.length
    const etag = createHash('md5').update(body).digest('hex')
    const modifiedMs = this.#parts.clock.now()
    this.#state.transaction(() => {
      const row = [bucket, key, size, etag, modifiedMs, JSON.stringify(headers), body]
      this.#state.run('INSERT OR REPLACE INTO s3_objects VALUES (?, ?, ?, ?, ?, ?, ?)', ...row)
      if (sendsEvents) this.#publishChange('Object Created', bucket, { key, size, etag }, cause)
    })
    return { etag, modifiedMs }
  }

  /** Does nothing when the object does not exist. @throws AwsError NoSuchBucket */
  delete(bucket: string, key: string, cause: Cause): void {
    const { sendsEvents } = this.#parts.buckets.require(bucket)
    this.#state.transaction(() => {
      const { changes } = this.#state.run('DELETE FROM s3_objects WHERE bucket = ? AND key = ?', bucket, key)
      if (changes > 0 && sendsEvents) this.#publishChange('Object Deleted', bucket, { key }, cause)
    })
  }

  /** Deletes the objects that the bucket's rules have expired; like in S3, they expire at midnight UTC. */
  expire({ name, expirations }: Bucket, requestId: string): void {
    const nowMs = this.#parts.clock.now()
    for (const { prefix, days } of expirations) {
      const expired = [...this.from(name, prefix, '')].filter(
        ({ modifiedMs }) => Math.ceil((modifiedMs + days * dayMs) / dayMs) * dayMs <= nowMs,
      )
      for (const { key } of expired) this.delete(name, key, { reason: 'Lifecycle Expiration', requestId })
    }
  }

  /** The bytes of an object that exists. */
  read({ bucket, key }: StoredObject): Buffer {
    const sql = 'SELECT body FROM s3_objects WHERE bucket = ? AND key = ?'
    return Buffer.from(this.#state.get<{ body: Uint8Array }>(sql, bucket, key)!.body)
  }

  find(bucket: string, key: string): StoredObject | undefined {
    const sql = `SELECT ${columns} FROM s3_objects WHERE bucket = ? AND key = ?`
    const row = this.#state.get<ObjectRow>(sql, bucket, key)
    return row && toObject(row)
  }

  /** The objects with the prefix whose keys follow `after`, sorted by the UTF-8 bytes of their keys. */
  *from(bucket: string, prefix: string, after: string): Generator<StoredObject> {
    const rows = this.#state.iterate<ObjectRow>(
      `SELECT ${columns} FROM s3_objects WHERE bucket = ? AND key >= ? AND key > ? ORDER BY key`,
      bucket,
      prefix,
      after,
    )
    for (const row of rows) {
      if (!row.key.startsWith(prefix)) return
      yield toObject(row)
    }
  }

  /** To the default bus; keys are not URL-encoded. */
  #publishChange(detailType: string, bucket: string, object: object, { reason, requestId }: Cause): void {
    const byLifecycle = reason === 'Lifecycle Expiration'
    this.#parts.publish({
      busName: 'default',
      source: 'aws.s3',
      detailType,
      resources: [bucketArn(bucket)],
      detail: {
        version: '0',
        bucket: { name: bucket },
        object: { ...object, sequencer: this.#sequencer() },
        'request-id': requestId,
        requester: byLifecycle ? 's3.amazonaws.com' : accountId,
        ...(!byLifecycle && { 'source-ip-address': '127.0.0.1' }),
        reason,
        ...(detailType === 'Object Deleted' && { 'deletion-type': 'Permanently Deleted' }),
      },
    })
  }

  /** Hexadecimal digits that increase with every change of a key, also across restarts. */
  #sequencer(): string {
    this.#lastSequence = Math.max(this.#lastSequence + 1, this.#parts.clock.now() * 1000)
    return this.#lastSequence.toString(16).toUpperCase().padStart(16, '0')
  }
}

const toObject = (row: ObjectRow): StoredObject => ({ ...row, headers: JSON.parse(row.headers) })
