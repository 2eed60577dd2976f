import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import type { S3Client } from '@aws-sdk/client-s3'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { Shop } from '#test/support/shop.ts'

/** What a flow works with: the shop as its customers and staff see it, and the administrator's view behind it. */
export interface Visit {
  readonly shop: Shop
  readonly aws: {
    readonly dynamodb: DynamoDBClient
    readonly events: EventBridgeClient
    readonly s3: S3Client
    readonly sqs: SQSClient
  }
  /** An output of the deployment, by its name. */
  readonly output: (name: string) => string
  /** Asks until `look` answers something. @throws Error saying what was awaited, or that nobody waits for the flow any more */
  readonly awaited: <T>(what: string, look: () => Promise<T | undefined | false>) => Promise<T>
}

/** Something that the system is there for, from the first request to the last reaction. */
export interface Flow {
  readonly name: string
  /** Whether it leaves work behind when it is ended early, for which the next flow would wait. @default false */
  readonly lingers?: boolean
  /** Resolves when all that follows is done. @throws Error when a step does not answer as it should */
  run(visit: Visit): Promise<void>
}
