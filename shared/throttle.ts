/**
 * A dependency throttled a request, or other requests kept writing the same item. The HTTP layer responds with 503 and
 * Retry-After; a queue delivers the message again.
 */
export class ThrottledError extends Error {
  override readonly name = 'ThrottlingException'
}

/**
 * The one classification of failures that pass when a request is sent again: exception names with which AWS services
 * throttle, DynamoDB's reasons for cancelling a transaction, and its exceptions for an item that another request is
 * writing. "TransactionConflictException: Operation was rejected because there is an ongoing transaction for the item"
 * (DynamoDB API reference) is also a response to a PutItem, UpdateItem or DeleteItem without a transaction; the clients of
 * dynamodb/table.ts retry it.
 */
const throttles: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'ThrottlingError',
  'Throttling',
  'ThrottledException',
  'ProvisionedThroughputExceededException',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'LimitExceededException',
  'TooManyRequestsException',
  'SlowDown',
  'ServiceUnavailable',
  'TransactionInProgressException',
  'TransactionConflictException',
  'TransactionConflict',
  'ReplicatedWriteConflictException',
])

export const isThrottleCode = (code: string | undefined): boolean => code !== undefined && throttles.has(code)

export const isThrottle = (error: unknown): boolean => error instanceof Error && throttles.has(error.name)
