/**
 * Single services for unit tests, in memory or in a temporary folder, each with a client of the AWS SDK, which the
 * project installs itself. Each service is loaded when it is first started.
 */
import { systemClock } from '../clock.ts'
import { State } from '../state/state.ts'

export type { AttributeValue, Item } from '../dynamodb/attribute-value.ts'
export { inProcessHandler } from '../dynamodb/in-process.ts'
export { itemSize } from '../dynamodb/attribute-value.ts'
export { compilePattern as compileEventPattern } from '../events/pattern.ts'
export { parseFilterPattern } from '../logs/filter-pattern.ts'
export { AwsError } from '../wire/aws-error.ts'

/** Empty DynamoDB tables in memory; connect a client with {@link inProcessHandler}. */
export async function createTables() {
  const { DynamoDbService } = await import('../dynamodb/service.ts')
  return new DynamoDbService({ state: new State(':memory:'), clock: systemClock })
}

export type Tables = Awaited<ReturnType<typeof createTables>>

/** S3 on a free port that checks signatures; `administrator` is the client whose calls are all allowed. */
export const startBuckets = async () => (await import('../s3/testing.ts')).startSignedS3([])

/** SES on a free port, with its mailbox. */
export const startMailbox = async () => (await import('../ses/testing.ts')).startSes()

/** EventBridge on a free port, with queues as targets. */
export const startEventBus = async () => (await import('../events/testing.ts')).startEvents()

/** A Cognito user pool on a free port. @param pool properties of AWS::Cognito::UserPool */
export const startUserPool = async (pool: object) => (await import('../cognito/testing.ts')).startCognito({ pool })

/** SQS on a free port; `queue` creates a queue from properties of AWS::SQS::Queue. */
export const startQueues = async () => (await import('../sqs/testing.ts')).startSqsAt(systemClock)

export type Queues = Awaited<ReturnType<typeof startQueues>>
