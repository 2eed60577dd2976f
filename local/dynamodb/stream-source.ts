import type { Item } from './attribute-value.ts'
import type { StreamViewType } from './schema.ts'

/** One change of an item, in the form in which a function receives it. */
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
  /** Present when time to live removed the item. */
  readonly userIdentity?: { readonly type: 'Service'; readonly principalId: 'dynamodb.amazonaws.com' }
}

/** What a poller of streams (an event source mapping) reads. */
export interface StreamSource {
  /** Shards of a stream in order. @throws AwsError ResourceNotFoundException */
  shards(streamArn: string): { shardId: string }[]
  /**
   * Records after a position, at most `limit`, and the position to go on from.
   * @param after `TRIM_HORIZON` (the oldest that is kept), `LATEST` (what comes from now on) or a sequence number
   */
  read(streamArn: string, shardId: string, after: string, limit: number): { records: StreamRecord[]; position: string }
  /** Calls back after a commit that wrote records. @returns a function that ends it */
  onRecords(streamArn: string, wake: () => void): () => void
}
