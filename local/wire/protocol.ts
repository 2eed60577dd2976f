import type { AwsError } from './aws-error.ts'
import type { Operation, WireRequest, WireResponse } from './service.ts'

/** How one service finds the operation of a request and writes its responses. */
export interface Protocol {
  find(request: WireRequest): FoundOperation | undefined
  fail(error: AwsError, requestId: string): WireResponse
  /** Completes every response, errors included. */
  finish?(request: WireRequest, response: WireResponse, requestId: string): WireResponse
}

export interface FoundOperation {
  readonly operation: Operation
  /** @throws AwsError when the request is malformed */
  input(): object
  respond(output: unknown, requestId: string): WireResponse
}

/** Undefined for names that every object has, such as `constructor`. */
export const operationOf = (operations: Readonly<Record<string, Operation>>, name: string): Operation | undefined =>
  Object.hasOwn(operations, name) ? operations[name] : undefined
