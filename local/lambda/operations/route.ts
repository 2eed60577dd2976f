import type { AccessRequest, Principal } from '../../iam/types.ts'
import type { Call, WireRequest, WireResponse } from '../../wire/service.ts'
import type { EventSourceMappings } from '../event-source-mappings.ts'
import type { FunctionRegistry } from '../function-registry.ts'
import type { Invoked, InvokeRequest } from '../invoker.ts'

export interface WireContext {
  readonly functions: FunctionRegistry
  readonly mappings: EventSourceMappings
  /** Both check the caller's permission. */
  readonly invoke: (arn: string, request: InvokeRequest, caller: Principal) => Promise<Invoked>
  readonly enqueue: (arn: string, request: InvokeRequest, caller: Principal) => string
}

interface RouteCall {
  readonly request: WireRequest
  readonly call: Call
  /** @throws AwsError AccessDeniedException */
  readonly authorize: (requests: readonly AccessRequest[]) => void
  /** The capture groups of the path, decoded. */
  readonly parameters: string[]
}

export interface Route {
  readonly method: string
  readonly path: RegExp
  handle(call: RouteCall): WireResponse | Promise<WireResponse>
}

export const jsonResponse = (status: number, body: unknown): WireResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
