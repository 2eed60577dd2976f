/** DynamoDB asked for less. It carries the name of AWS's own exception, so that the HTTP layer answers 503 for both. */
export class ThrottledError extends Error {
  override readonly name = 'ThrottlingException'
}
