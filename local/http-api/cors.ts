import type { CorsConfiguration, GatewayResponse, GatewayRequest } from './model.ts'

export const isPreflight = (request: GatewayRequest) =>
  request.method === 'OPTIONS' &&
  request.headers['origin'] !== undefined &&
  request.headers['access-control-request-method'] !== undefined

/**
 * The response to a preflight, for which no function is invoked. An origin that is not allowed gets no CORS headers.
 */
export function preflightResponse(cors: CorsConfiguration, request: GatewayRequest): GatewayResponse {
  const origin = allowedOrigin(cors, request)
  const headers: Record<string, string> = origin === undefined ? {} : originHeaders(cors, origin)
  if (origin !== undefined) {
    if (cors.AllowMethods?.length) headers['access-control-allow-methods'] = cors.AllowMethods.join(',')
    if (cors.AllowHeaders?.length) headers['access-control-allow-headers'] = cors.AllowHeaders.join(',').toLowerCase()
    if (cors.MaxAge !== undefined) headers['access-control-max-age'] = String(cors.MaxAge)
  }
  return { status: 204, headers, body: '' }
}

/** Adds the configured CORS headers; those set by a function are ignored if the API has a CORS configuration. */
export function withCors(
  cors: CorsConfiguration | undefined,
  request: GatewayRequest,
  response: GatewayResponse,
): GatewayResponse {
  if (!cors) return response
  const own = Object.entries(response.headers).filter(([name]) => !name.startsWith('access-control-'))
  const origin = allowedOrigin(cors, request)
  return {
    ...response,
    headers: { ...Object.fromEntries(own), ...(origin === undefined ? {} : originHeaders(cors, origin)) },
  }
}

function originHeaders(cors: CorsConfiguration, origin: string): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    ...(origin === '*' ? {} : { vary: 'origin' }),
    ...(cors.AllowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(cors.ExposeHeaders?.length
      ? { 'access-control-expose-headers': cors.ExposeHeaders.join(',').toLowerCase() }
      : {}),
  }
}

function allowedOrigin(cors: CorsConfiguration, request: GatewayRequest): string | undefined {
  const origin = request.headers['origin']
  if (origin === undefined) return undefined
  for (const allowed of cors.AllowOrigins ?? []) {
    if (allowed === '*' || allowed === origin) return allowed
  }
  return undefined
}
