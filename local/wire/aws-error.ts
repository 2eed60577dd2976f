/** An error response of an AWS API, thrown by any operation; `name` is the error code, as in the SDK. */
export class AwsError extends Error {
  readonly statusCode: number
  /** Further members of the error's shape, such as `CancellationReasons` or `Item`. */
  readonly members: Record<string, unknown>

  constructor(code: string, message: string, options: { statusCode?: number; members?: Record<string, unknown> } = {}) {
    super(message)
    this.name = code
    this.statusCode = options.statusCode ?? 400
    this.members = options.members ?? {}
  }
}

export const validationError = (message: string) => new AwsError('ValidationException', message)
