import { region } from '../assembly/provider.ts'
import type { Principal } from '../iam/types.ts'
import type { Router } from './router.ts'
import type { TokenBucket } from './throttle.ts'

/**
 * Invokes a function synchronously. An error of the function is returned; denied and throttled calls throw AwsError.
 */
export type Invoke = (
  functionArn: string,
  payload: unknown,
  caller: Principal,
  /** The request's `x-amzn-trace-id`. */
  traceHeader?: string,
) => Promise<{ payload: unknown; functionError?: string | undefined }>

/** A request as received, before it is routed. */
export interface GatewayRequest {
  readonly requestId: string
  readonly receivedAtMs: number
  readonly method: string
  /** Percent-decoded, as HTTP APIs pass it to functions. */
  readonly path: string
  /** Without the question mark, still percent-encoded. */
  readonly rawQuery: string
  /** Names in lower case, repeated headers joined by commas, without `cookie`. */
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: readonly string[]
  readonly body: Buffer
  readonly sourceIp: string
  readonly protocol: string
}

export interface GatewayResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly cookies?: readonly string[]
  readonly body: Buffer | string
  /** Why the gateway itself rejected the request, for the terminal; clients do not see it. */
  readonly reason?: string
}

export interface CorsConfiguration {
  readonly AllowOrigins?: readonly string[]
  readonly AllowMethods?: readonly string[]
  readonly AllowHeaders?: readonly string[]
  readonly ExposeHeaders?: readonly string[]
  readonly AllowCredentials?: boolean
  readonly MaxAge?: number
}

export interface Integration {
  readonly functionArn: string
  readonly timeoutMs: number
  /** The role that API Gateway assumes to invoke; without one, the function's resource policy applies. */
  readonly credentialsArn?: string
}

export type Authorizer = JwtAuthorizerConfiguration | LambdaAuthorizerConfiguration

export interface JwtAuthorizerConfiguration {
  readonly kind: 'jwt'
  readonly authorizerId: string
  readonly identitySource: string
  readonly issuer: string
  readonly audience: readonly string[]
}

export interface LambdaAuthorizerConfiguration {
  readonly kind: 'lambda'
  readonly authorizerId: string
  readonly functionArn: string
  readonly identitySources: readonly string[]
  /** 0 invokes the function for every request. */
  readonly resultTtlSeconds: number
  readonly credentialsArn?: string
}

export interface Route {
  /** `GET /loans/{loanId}`, `ANY /{proxy+}` or `$default` */
  readonly routeKey: string
  readonly integrationId: string
  readonly authorization: 'none' | 'jwt' | 'lambda'
  readonly authorizerId?: string
  readonly scopes: readonly string[]
}

export interface Stage {
  readonly name: string
  readonly variables?: Readonly<Record<string, string>>
  /** The bucket of a route, or undefined if the stage has no throttling settings. */
  readonly bucketOf: (routeKey: string) => TokenBucket | undefined
  readonly accessLog?: { readonly logGroupArn: string; readonly format: string }
}

export interface Api {
  readonly apiId: string
  readonly endpoint: string
  readonly cors?: CorsConfiguration
  readonly stages: Map<string, Stage>
  readonly integrations: Map<string, Integration>
  readonly authorizers: Map<string, Authorizer>
  readonly router: Router
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

export const internalServerError = (reason: string) => errorResponse(500, 'Internal Server Error', { reason })
