import type { StoredEvent } from '#shared/events/envelope.ts'

export interface EventBus {
  /**
   * Publishes events; subscribers may receive them in another order. A permanently rejected event does not stop the others.
   * When the bus cannot accept one now, publishing ends; events that follow it may have been published.
   */
  publish(events: readonly StoredEvent[]): Promise<Publication>
}

export interface Publication {
  readonly published: readonly StoredEvent[]
  /** The events that the bus rejects on every attempt. */
  readonly rejected: readonly PublishingFailure[]
  /** The first event that the bus may accept later. */
  readonly unavailable?: PublishingFailure
}

export interface PublishingFailure {
  /** Of the event among those to publish. */
  readonly index: number
  readonly error: Error
}

/** A record of the table's stream that can never be published. */
export interface UnpublishedRecord {
  /** Unique among all streams. */
  readonly id: string
  /** Why, in one line without values of the record. */
  readonly problem: string
  /** As the stream delivered it. */
  readonly record: object
}

export interface UnpublishedRecords {
  /** Resolves once the record is stored. Storing it again has no effect. */
  store(record: UnpublishedRecord): Promise<void>
}
