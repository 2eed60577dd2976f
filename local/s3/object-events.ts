import { accountId } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { Bucket } from './buckets.ts'
import type { StoredObject } from './object-store.ts'

export type CreationReason = 'PutObject' | 'POST Object' | 'CopyObject' | 'CompleteMultipartUpload'
export type DeletionReason = 'DeleteObject' | 'Lifecycle Expiration'

export type Publish = (event: {
  busName: string
  source: string
  detailType: string
  detail: object
  resources?: string[]
}) => unknown

interface Cause<Reason> {
  readonly reason: Reason
  readonly requestId: string
}

/** Tells the default bus of changes, for the buckets that send events; keys stand in them as they are, not encoded. */
export class ObjectEvents {
  readonly #clock: Clock
  readonly #publish: Publish
  #lastSequence = 0

  constructor(clock: Clock, publish: Publish) {
    this.#clock = clock
    this.#publish = publish
  }

  created(bucket: Bucket, { key, size, etag }: StoredObject, cause: Cause<CreationReason>): void {
    this.#tell(bucket, 'Object Created', { key, size, etag }, cause, { reason: cause.reason })
  }

  deleted(bucket: Bucket, { key }: StoredObject, cause: Cause<DeletionReason>): void {
    const more = { reason: cause.reason, 'deletion-type': 'Permanently Deleted' }
    this.#tell(bucket, 'Object Deleted', { key }, cause, more)
  }

  #tell(bucket: Bucket, detailType: string, object: object, cause: Cause<string>, more: object): void {
    if (!bucket.sendsEvents) return
    const byLifecycle = cause.reason === 'Lifecycle Expiration'
    this.#publish({
      busName: 'default',
      source: 'aws.s3',
      detailType,
      resources: [bucket.arn],
      detail: {
        version: '0',
        bucket: { name: bucket.name },
        object: { ...object, sequencer: this.#sequencer() },
        'request-id': cause.requestId,
        requester: byLifecycle ? 's3.amazonaws.com' : accountId,
        ...(!byLifecycle && { 'source-ip-address': '127.0.0.1' }),
        ...more,
      },
    })
  }

  /** Hexadecimal digits; of two changes of a key the later one has the greater number, also over a restart. */
  #sequencer(): string {
    this.#lastSequence = Math.max(this.#lastSequence + 1, this.#clock.now() * 1000)
    return this.#lastSequence.toString(16).toUpperCase().padStart(16, '0')
  }
}
