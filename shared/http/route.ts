import type * as z from 'zod'
import type { Problem, ProblemDefinition } from './problem.ts'

/** Who may call: any caller, a signed-in customer (JWT authorizer), or staff (Lambda authorizer). */
export type Access = 'public' | 'customer' | 'staff'

export interface RouteResponse {
  readonly description: string
  /** Omitted for a response that has no body or is not JSON. */
  readonly schema?: z.ZodType
}

/** By status; successful responses only. */
export type RouteResponses = Readonly<Record<number, RouteResponse>>

/**
 * A route, declared once: infra/ provisions it, its handler validates with it, and the OpenAPI document describes it.
 */
export interface Route<
  Parameters extends z.ZodType = z.ZodType,
  Query extends z.ZodObject = z.ZodObject,
  Headers extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  RouteAccess extends Access = Access,
  Responses extends RouteResponses = RouteResponses,
> {
  /** Unique over all services: `placeOrder`. */
  readonly operationId: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** As API Gateway writes it: `/orders/{orderId}`. */
  readonly path: string
  readonly access: RouteAccess
  readonly summary: string
  /**
   * Deprecated: the API's stage has no setting for it, and its description says `deprecated`. CONTRIBUTING.md
   * describes how to remove a route. @default false
   */
  readonly retired?: true
  /** The entry in the service's `functions/` folder, without its extension: `place-order`. */
  readonly entry: string
  readonly parameters?: Parameters
  /** Each parameter that the route accepts. Others, empty ones and repeated ones are 422. */
  readonly query?: Query
  /**
   * Whether a public request without query parameters is as expensive as a list, and has its throttle. @default false
   */
  readonly readsMany?: true
  /** Only for the gateway's catch-all route, which returns 404 for any request. @default false */
  readonly ignoresQuery?: true
  /** Header names in lower case. */
  readonly headers?: Headers
  /** The response when the headers do not match their schema, before the body is read. @default 422 with pointers */
  readonly headersProblem?: (headers: Readonly<Record<string, string | undefined>>) => Problem
  readonly body?: Body
  /**
   * Values of a request that a client can send, for the description: the body, the path's parameters and the required
   * headers. They name the sample products.
   */
  readonly example?: {
    readonly parameters?: z.input<Parameters>
    readonly headers?: z.input<Headers>
    readonly body?: z.input<Body>
  }
  readonly responses: Responses
  /** Problems besides the common ones, by code. */
  readonly problems?: Readonly<Record<string, ProblemDefinition>>
}

export const defineRoute = <
  Parameters extends z.ZodType,
  Query extends z.ZodObject,
  Headers extends z.ZodType,
  Body extends z.ZodType,
  const RouteAccess extends Access,
  const Responses extends RouteResponses,
>(
  route: Route<Parameters, Query, Headers, Body, RouteAccess, Responses>,
): Route<Parameters, Query, Headers, Body, RouteAccess, Responses> => route
