import type * as z from 'zod'
import type { Problem, ProblemDefinition } from './problem.ts'

/** Who may call: any caller, a signed-in customer (JWT authorizer), or staff (Lambda authorizer). */
export type Access = 'public' | 'customer' | 'staff'

export interface RouteAnswer {
  readonly description: string
  /** Left out for an answer that has no body or is not JSON. */
  readonly schema?: z.ZodType
}

/**
 * A route, declared once: infra/ provisions it, its handler validates with it, and the OpenAPI document describes it.
 */
export interface Route<
  Parameters extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Headers extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  RouteAccess extends Access = Access,
> {
  /** Unique over all services: `placeOrder`. */
  readonly operationId: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** As API Gateway writes it: `/orders/{orderId}`. */
  readonly path: string
  readonly access: RouteAccess
  readonly summary: string
  /**
   * About to be removed: the API's stage has no setting for it, and its description says `deprecated`. CONTRIBUTING.md
   * describes how to remove a route. @default false
   */
  readonly retired?: true
  /** The entry in the service's `functions/` folder, without its extension: `place-order`. */
  readonly entry: string
  readonly parameters?: Parameters
  readonly query?: Query
  /** Header names in lower case. */
  readonly headers?: Headers
  /** The answer when the headers break their schema, before the body is read. @default 422 with pointers */
  readonly headersProblem?: (headers: Readonly<Record<string, string | undefined>>) => Problem
  readonly body?: Body
  /** By status; the successful answers only. */
  readonly answers: Readonly<Record<number, RouteAnswer>>
  /** Problems besides the common ones, by code. */
  readonly problems?: Readonly<Record<string, ProblemDefinition>>
}

export const defineRoute = <
  Parameters extends z.ZodType,
  Query extends z.ZodType,
  Headers extends z.ZodType,
  Body extends z.ZodType,
  const RouteAccess extends Access,
>(
  route: Route<Parameters, Query, Headers, Body, RouteAccess>,
): Route<Parameters, Query, Headers, Body, RouteAccess> => route
