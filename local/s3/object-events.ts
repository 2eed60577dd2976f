import { accountId } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { Bucket } from './buckets.ts'
import type { StoredObject } from './object-store.ts'

export type CreationReason = 'PutObject' | 'POST Object' | 'CopyObject'
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

/** Publishes changes to the default bus, for the buckets with EventBridge enabled; keys are not URL-encoded. */
export class ObjectEvents {
  readonly #clock: Clock
  readonly #publish: Publish
  #lastSequence = 0

  constructor(clock: Clock, publish: Publish) {
    this.#clock = clock
    this.#publish = publish
  }

  created(bucket: Bucket, { key, size, etag }: StoredObject, cause: Cause<CreationReason>): void {
    this.#publishChange(bucket, 'Object Created', { key, size, etag }, cause, { reason: cause.reason })
  }

  deleted(bucket: Bucket, { key }: StoredObject, cause: Cause<DeletionReason>): void {
    const more = { reason: cause.reason, 'deletion-type': 'Permanently Deleted' }
    this.#publishChange(bucket, 'Object Deleted', { key }, cause, more)
  }

  #publishChange(bucket: Bucket, detailType: string, object: object, cause: Cause<string>, more: object): void {
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

  /** Hexadecimal digits that increase with every change of a key, also across restarts. */
  #sequencer(): string {
    this.#lastSequence = Math.max(this.#lastSequence + 1, this.#clock.now() * 1000)
    return this.#lastSequence.toString(16).toUpperCase().padStart(16, '0')
  }
}
