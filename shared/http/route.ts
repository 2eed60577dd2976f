import type * as z from 'zod'
import type { Problem, ProblemDefinition } from './problem.ts'

/** Who may call: anybody, a signed-in customer (JWT authorizer), or staff (Lambda authorizer). */
export type Access = 'public' | 'customer' | 'staff'

export interface RouteAnswer {
  readonly description: string
  /** Left out for an answer that has no body or is not JSON. */
  readonly schema?: z.ZodType
}

/**
 * A route, declared once: infra/ provisions it, the handler validates with it and the API's description is made of it.
 */
export interface Route<
  Parameters extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Headers extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
> {
  /** Unique over all services: `placeOrder`. */
  readonly operationId: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** As API Gateway writes it: `/orders/{orderId}`. */
  readonly path: string
  readonly access: Access
  readonly summary: string
  /**
   * Served for the last time: the stage has no setting of its own for it any more, and its description says
   * `deprecated`. How a route goes stands in CONTRIBUTING.md. @default false
   */
  readonly retired?: true
  /** The entry in the service's `functions/` folder that answers, without its ending: `place-order`. */
  readonly entry: string
  readonly parameters?: Parameters
  readonly query?: Query
  /** Header names in lower case. */
  readonly headers?: Headers
  /** What to answer when the headers break their schema, before the body is looked at. Left out: 422 with pointers. */
  readonly headersProblem?: (headers: Readonly<Record<string, string | undefined>>) => Problem
  readonly body?: Body
  /** By status; the successful answers only. */
  readonly answers: Readonly<Record<number, RouteAnswer>>
  /** The problems that only this route answers with, by code; the common ones are understood. */
  readonly problems?: Readonly<Record<string, ProblemDefinition>>
}

export const defineRoute = <
  Parameters extends z.ZodType,
  Query extends z.ZodType,
  Headers extends z.ZodType,
  Body extends z.ZodType,
>(
  route: Route<Parameters, Query, Headers, Body>,
): Route<Parameters, Query, Headers, Body> => route
