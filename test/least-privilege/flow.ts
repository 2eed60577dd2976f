import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import type { S3Client } from '@aws-sdk/client-s3'
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { SESv2Client } from '@aws-sdk/client-sesv2'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { Shop } from '#test/support/shop.ts'

/** The environment of a flow: the APIs of customers and staff, and an administrator's clients. */
export interface Visit {
  readonly shop: Shop
  readonly aws: {
    readonly dynamodb: DynamoDBClient
    readonly events: EventBridgeClient
    readonly s3: S3Client
    readonly secrets: SecretsManagerClient
    readonly ses: SESv2Client
    readonly sqs: SQSClient
  }
  /** An output of the deployment, by its name. */
  readonly output: (name: string) => string
  /** Repeats `look` until it returns a value. @throws Error that names the awaited condition, or the abort */
  readonly awaited: <T>(what: string, look: () => Promise<T | undefined | false>) => Promise<T>
  /** The order once it has left PLACED. */
  readonly decided: (token: string, orderId: string) => Promise<any>
  /** Sends an event to a consumer's queue, named without the stage's prefix, and waits until it is handled. */
  readonly redeliver: (queue: string, event: object) => Promise<void>
  /** Executes the schedule of a function now, named without the stage's prefix, and waits until the function has ended. */
  readonly runSchedule: (name: string) => Promise<void>
}

/** A use case of the system, from the first request to the last effect. */
export interface Flow {
  readonly name: string
  /** Services that must be installed besides the service of the flow. @default none */
  readonly needs?: readonly string[]
  /** Whether an aborted run leaves pending work that would delay the next flow. @default false */
  readonly leavesWork?: boolean
  /** Resolves when all effects are complete. @throws Error when a step fails */
  run(visit: Visit): Promise<void>
}
