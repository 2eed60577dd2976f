import type { AccessRequest } from '../iam/types.ts'
import type { Operation } from '../wire/service.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Engine } from './engine.ts'

/** One operation: a request is parsed once, for IAM and for the work. */
export interface DynamoOperation<Request = any> {
  readonly name: string
  /** @throws AwsError for whatever is wrong without a look at the tables */
  parse(input: any): Request
  access(request: Request, engine: Engine): AccessRequest[]
  /** Synchronous, so that nothing else happens between its reads and writes. @throws AwsError */
  run(request: Request, engine: Engine): unknown
}

/** The operation as the wire calls it: `access` and `handle` get the same input and share its parsed form. */
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
        // What does not parse is refused by `handle` with the reason, whatever IAM would say; nothing is read or written.
        if (error instanceof AwsError) return []
        throw error
      }
    },
    handle: (input) => operation.run(requestOf(input), engine),
  }
}
