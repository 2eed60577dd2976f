import type { Item } from './attribute-value.ts'
import type { StreamViewType } from './schema.ts'

/** One change of an item, in the form that a function receives. */
export interface StreamRecord {
  readonly eventID: string
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE'
  readonly eventVersion: '1.1'
  readonly eventSource: 'aws:dynamodb'
  readonly awsRegion: string
  readonly eventSourceARN: string
  readonly dynamodb: {
    /** Seconds since the epoch. */
    readonly ApproximateCreationDateTime: number
    readonly Keys: Item
    readonly NewImage?: Item
    readonly OldImage?: Item
    readonly SequenceNumber: string
    readonly SizeBytes: number
    readonly StreamViewType: StreamViewType
  }
  /** Present when time to live deleted the item. */
  readonly userIdentity?: { readonly type: 'Service'; readonly principalId: 'dynamodb.amazonaws.com' }
}

/** The streams that a poller (an event source mapping) reads. */
export interface StreamSource {
  /** Shards of a stream in order. @throws AwsError ResourceNotFoundException */
  shards(streamArn: string): { shardId: string }[]
  /**
   * At most `limit` records after a position, and the position to continue from.
   * @param after `TRIM_HORIZON` (the oldest stored record), `LATEST` (only new records) or a sequence number
   */
  read(streamArn: string, shardId: string, after: string, limit: number): { records: StreamRecord[]; position: string }
  /** Calls `wake` after each commit that wrote records. @returns a function that unsubscribes */
  onRecords(streamArn: string, wake: () => void): () => void
}
