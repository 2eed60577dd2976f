/** A dependency throttled a request. The HTTP layer answers 503 with Retry-After; a queue delivers the message again. */
export class ThrottledError extends Error {
  override readonly name = 'ThrottlingException'
}

/** Exception names with which AWS services throttle, and the cancellation reasons of a DynamoDB transaction. */
const throttles: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'ThrottlingError',
  'ProvisionedThroughputExceededException',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'TransactionInProgressException',
])

export const isThrottleCode = (code: string | undefined): boolean => code !== undefined && throttles.has(code)

export const isThrottle = (error: unknown): boolean => error instanceof Error && throttles.has(error.name)
