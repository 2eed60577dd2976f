import type { AccessRequest } from '../iam/types.ts'
import type { Operation } from '../wire/service.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Engine } from './engine.ts'

/** One operation: a request is parsed once, for IAM and for its execution. */
export interface DynamoOperation<Request = any> {
  readonly name: string
  /** @throws AwsError for errors that do not depend on the tables */
  parse(input: any): Request
  access(request: Request, engine: Engine): AccessRequest[]
  /**
   * Reads are synchronous; writes are queued, and no other operation runs between their reads and writes.
   * @throws AwsError
   */
  run(request: Request, engine: Engine): unknown
}

/** Adapts the operation to the wire: `access` and `handle` get the same input and share its parsed form. */
export function wireOperation<Request>(operation: DynamoOperation<Request>, engine: Engine): Operation {
  const parsed = new WeakMap<object, Request>()
  const requestOf = (input: object): Request => {
    const known = parsed.get(input)
    if (known !== undefined) return known
    const request = operation.parse(input)
    if (request !== null && typeof request === 'object') parsed.set(input, request)
    return request
  }
  return {
    access(input) {
      try {
        return operation.access(requestOf(input), engine)
      } catch (error) {
        // `handle` rejects input that does not parse, before it reads or writes, so IAM need not authorize it.
        if (error instanceof AwsError) return []
        throw error
      }
    },
    handle: (input) => operation.run(requestOf(input), engine),
  }
}
