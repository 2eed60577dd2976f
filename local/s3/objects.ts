import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import type { BlobFiles } from './blob-files.ts'
import type { Buckets } from './buckets.ts'
import { ObjectEvents, type CreationReason, type DeletionReason, type Publish } from './object-events.ts'
import type { ObjectStore, StoredObject } from './object-store.ts'

/** Changes objects; a change and its event are one transaction. */
export class Objects {
  readonly #state: State
  readonly #clock: Clock
  readonly #buckets: Buckets
  readonly #store: ObjectStore
  readonly #files: BlobFiles
  readonly #events: ObjectEvents

  constructor(options: {
    state: State
    clock: Clock
    buckets: Buckets
    store: ObjectStore
    files: BlobFiles
    publish: Publish
  }) {
    this.#state = options.state
    this.#clock = options.clock
    this.#buckets = options.buckets
    this.#store = options.store
    this.#files = options.files
    this.#events = new ObjectEvents(options.clock, options.publish)
  }

  /**
   * Stores an object whose file is written; if that fails, the file is removed.
   * @param also runs within the same transaction
   * @throws AwsError NoSuchBucket
   */
  put(
    written: Omit<StoredObject, 'modifiedMs'>,
    cause: { reason: CreationReason; requestId: string },
    also: () => void = () => {},
  ): StoredObject {
    const object = { ...written, modifiedMs: this.#clock.now() }
    try {
      const bucket = this.#buckets.get(object.bucket)
      this.#state.transaction(() => {
        this.#store.put(object)
        also()
        this.#events.created(bucket, object, cause)
      })
    } catch (error) {
      this.#files.remove(object.file)
      throw error
    }
    return object
  }

  /** Does nothing when the object does not exist. @throws AwsError NoSuchBucket */
  delete(bucketName: string, key: string, cause: { reason: DeletionReason; requestId: string }): void {
    const bucket = this.#buckets.get(bucketName)
    this.#state.transaction(() => {
      const deleted = this.#store.delete(bucketName, key)
      if (deleted) this.#events.deleted(bucket, deleted, cause)
    })
  }
}
