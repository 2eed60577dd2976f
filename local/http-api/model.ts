import { region } from '../assembly/provider.ts'
import type { HttpRequest } from '../wire/http.ts'
import type { WireResponse } from '../wire/service.ts'
import type { Match, Router } from './router.ts'

/** A request as functions see it. Its headers are without `cookie`, and with those that the gateway adds. */
export interface GatewayRequest extends HttpRequest {
  readonly receivedAtMs: number
  /** Percent-decoded, as HTTP APIs pass it to functions. */
  readonly path: string
  readonly cookies: readonly string[]
}

export interface GatewayResponse extends WireResponse {
  readonly headers: Readonly<Record<string, string>>
  /** Why the gateway itself rejected the request, for the terminal; clients do not see it. */
  readonly reason?: string
}

/** A request with the stage and the route that serve it. */
export interface RoutedRequest {
  readonly api: Api
  readonly stage: Stage
  readonly match: Match<Route>
  readonly request: GatewayRequest
}

/** Returns the authorizer context in the event of the function. @throws Rejection, or AwsError of the authorizer's function */
export type Authorizer = (call: RoutedRequest) => Promise<object>

export interface Route {
  /** `GET /loans/{loanId}`, `ANY /{proxy+}` or `$default` */
  readonly routeKey: string
  readonly integration: { readonly functionArn: string; readonly timeoutMs: number }
  /** Undefined for a route without authorization. */
  readonly authorizer?: Authorizer | undefined
  /** A token needs one of them. @default none is needed */
  readonly scopes?: readonly string[] | undefined
}

export interface CorsConfiguration {
  readonly AllowOrigins?: readonly string[]
  readonly AllowMethods?: readonly string[]
  readonly AllowHeaders?: readonly string[]
  readonly ExposeHeaders?: readonly string[]
  readonly AllowCredentials?: boolean
  readonly MaxAge?: number
}

export interface Stage {
  readonly name: string
  /** Whether the throttling settings of a route admit a request now. */
  readonly admits: (routeKey: string) => boolean
  readonly accessLog?: { readonly logGroupArn: string; readonly format: string }
}

export interface Api {
  readonly apiId: string
  readonly cors?: CorsConfiguration
  readonly stages: Map<string, Stage>
  readonly router: Router<Route>
}

/** The API's domain on AWS. */
export const domainOf = (apiId: string) => `${apiId}.execute-api.${region}.amazonaws.com`

/** An error response of the gateway itself, in the format of HTTP APIs. */
export const errorResponse = (
  status: number,
  message: string,
  more: { headers?: Record<string, string>; reason?: string } = {},
): GatewayResponse => ({
  status,
  headers: { 'content-type': 'application/json', ...more.headers },
  body: JSON.stringify({ message }),
  reason: more.reason,
})

/** Ends a request with a response of the gateway itself. */
export class Rejection extends Error {
  readonly response: GatewayResponse

  constructor(...[status, message, more]: Parameters<typeof errorResponse>) {
    super(message)
    this.response = errorResponse(status, message, more)
  }
}

export const internalError = (reason: string) => new Rejection(500, 'Internal Server Error', { reason })
