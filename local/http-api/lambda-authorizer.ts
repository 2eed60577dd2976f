import type { Clock } from '../clock.ts'
import { commonEvent, executeApiArn, routeArn } from './event.ts'
import { errorResponse, internalServerError, type Authorizer, type Invoke } from './model.ts'

type Authorization = Awaited<ReturnType<Authorizer>>

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
  clock: Clock,
  invoke: Invoke,
): Authorizer {
  const { authorizerId, functionArn, headers, resultTtlSeconds } = configuration
  const cache = new Map<string, { authorization: Authorization; expiresAtMs: number }>()
  return async (call) => {
    const identity = headers.map((name) => call.request.headers[name])
    // A request without all identity sources is denied, and the function is not invoked.
    if (!identity.every(Boolean)) return { denied: errorResponse(401, 'Unauthorized') }
    const key = JSON.stringify(identity)
    const nowMs = clock.now()
    for (const [other, { expiresAtMs }] of cache) if (expiresAtMs <= nowMs) cache.delete(other)
    const cached = cache.get(key)
    if (cached) return cached.authorization
    const event = { ...commonEvent(call), type: 'REQUEST', routeArn: routeArn(call), identitySource: identity }
    const sourceArn = executeApiArn(call.api, `authorizers/${authorizerId}`)
    const caller = { kind: 'service', service: 'apigateway.amazonaws.com', sourceArn } as const
    const { payload, functionError } = await invoke(functionArn, event, caller)
    if (functionError) return { denied: failed(payload) }
    const { isAuthorized, context = null } = (payload ?? {}) as { isAuthorized?: unknown; context?: unknown }
    if (typeof isAuthorized !== 'boolean')
      return { denied: internalServerError('The authorizer function did not return { isAuthorized: true or false }.') }
    const authorization = isAuthorized ? { context: { lambda: context } } : { denied: errorResponse(403, 'Forbidden') }
    if (headers.length > 0) cache.set(key, { authorization, expiresAtMs: clock.now() + resultTtlSeconds * 1000 })
    return authorization
  }
}

/** An error with exactly this message results in a 401; any other error in a 500. */
function failed(payload: unknown) {
  const message = (payload as { errorMessage?: unknown } | null)?.errorMessage
  return message === 'Unauthorized'
    ? errorResponse(401, 'Unauthorized')
    : internalServerError(`The authorizer function failed: ${String(message)}`)
}
