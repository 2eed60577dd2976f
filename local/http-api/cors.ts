import type { CorsConfiguration, GatewayResponse, GatewayRequest } from './model.ts'

/**
 * The response to a preflight, for which no function is invoked. An origin that is not allowed gets no CORS headers.
 */
export function preflightResponse(cors: CorsConfiguration, request: GatewayRequest): GatewayResponse {
  const headers = originHeaders(cors, request)
  if (headers['access-control-allow-origin'] !== undefined) {
    Object.assign(headers, listed('access-control-allow-methods', cors.AllowMethods))
    Object.assign(headers, listed('access-control-allow-headers', cors.AllowHeaders?.map(lowerCase)))
    if (cors.MaxAge !== undefined) headers['access-control-max-age'] = String(cors.MaxAge)
  }
  return { status: 204, headers }
}

/** Adds the configured CORS headers; those set by a function are ignored if the API has a CORS configuration. */
export function withCors(
  cors: CorsConfiguration | undefined,
  request: GatewayRequest,
  response: GatewayResponse,
): GatewayResponse {
  if (!cors) return response
  const own = Object.entries(response.headers).filter(([name]) => !name.startsWith('access-control-'))
  return { ...response, headers: { ...Object.fromEntries(own), ...originHeaders(cors, request) } }
}

function originHeaders(cors: CorsConfiguration, { headers: { origin } }: GatewayRequest): Record<string, string> {
  const allowed = origin && cors.AllowOrigins?.find((each) => each === '*' || each === origin)
  if (!allowed) return {}
  return {
    'access-control-allow-origin': allowed,
    ...(allowed !== '*' && { vary: 'origin' }),
    ...(cors.AllowCredentials && { 'access-control-allow-credentials': 'true' }),
    ...listed('access-control-expose-headers', cors.ExposeHeaders?.map(lowerCase)),
  }
}

const lowerCase = (name: string) => name.toLowerCase()

const listed = (name: string, values: readonly string[] = []) => (values.length > 0 ? { [name]: values.join(',') } : {})
