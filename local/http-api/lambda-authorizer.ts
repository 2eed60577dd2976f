import { commonEvent, executeApiArn, routeArn } from './event.ts'
import { invokeWithin, type GatewayOptions } from './invocation.ts'
import { internalError, Rejection, type Authorizer, type RoutedRequest } from './model.ts'

/** "Timeout for Lambda authorizer response: 10000 ms" ("Quotas for configuring and running an HTTP API"). */
const limit = { ms: 10_000, rejection: internalError }

/**
 * Invokes an authorizer function (payload format 2.0, simple responses) and caches its results for the authorizer's TTL, by
 * the values of the identity sources.
 * Source: "Control access to HTTP APIs with AWS Lambda authorizers" in the API Gateway developer guide.
 */
export function lambdaAuthorizer(
  configuration: {
    readonly authorizerId: string
    readonly functionArn: string
    /** The headers that are the identity sources. */
    readonly headers: readonly string[]
    /** 0 invokes the function for every request. */
    readonly resultTtlSeconds: number
  },
  options: GatewayOptions,
): Authorizer {
  const { clock } = options
  const { authorizerId, functionArn, headers, resultTtlSeconds } = configuration
  const cache = new Map<string, { isAuthorized: boolean; context: unknown; expiresAtMs: number }>()

  async function authorize(call: RoutedRequest, identitySource: (string | undefined)[]) {
    const event = { ...commonEvent(call), type: 'REQUEST', routeArn: routeArn(call), identitySource }
    const sourceArn = executeApiArn(call.api, `authorizers/${authorizerId}`)
    const caller = { kind: 'service', service: 'apigateway.amazonaws.com', sourceArn } as const
    const { payload, functionError } = await invokeWithin(limit, options, functionArn, event, caller)
    const { isAuthorized, context = null, errorMessage } = (payload ?? {}) as Record<string, unknown>
    // An error with exactly this message results in a 401; any other error in a 500.
    if (functionError && errorMessage === 'Unauthorized') throw new Rejection(401, 'Unauthorized')
    if (functionError) throw internalError(`The authorizer function failed: ${String(errorMessage)}`)
    if (typeof isAuthorized !== 'boolean')
      throw internalError('The authorizer function did not return { isAuthorized: true or false }.')
    return { isAuthorized, context, expiresAtMs: clock.now() + resultTtlSeconds * 1000 }
  }

  return async (call) => {
    const identity = headers.map((name) => call.request.headers[name])
    // A request without all identity sources is denied, and the function is not invoked.
    if (!identity.every(Boolean)) throw new Rejection(401, 'Unauthorized')
    const key = JSON.stringify(identity)
    const nowMs = clock.now()
    for (const [other, { expiresAtMs }] of cache) if (expiresAtMs <= nowMs) cache.delete(other)
    const result = cache.get(key) ?? (await authorize(call, identity))
    if (headers.length > 0) cache.set(key, result)
    if (!result.isAuthorized) throw new Rejection(403, 'Forbidden')
    return { lambda: result.context }
  }
}
