import type { CorsConfiguration, GatewayAnswer, GatewayRequest } from './model.ts'

export const isPreflight = (request: GatewayRequest) =>
  request.method === 'OPTIONS' &&
  request.headers['origin'] !== undefined &&
  request.headers['access-control-request-method'] !== undefined

/** Answers for the function: a preflight never reaches it. A foreign origin gets no CORS headers, which browsers refuse. */
export function preflightAnswer(cors: CorsConfiguration, request: GatewayRequest): GatewayAnswer {
  const origin = allowedOrigin(cors, request)
  const headers: Record<string, string> = origin === undefined ? {} : originHeaders(cors, origin)
  if (origin !== undefined) {
    if (cors.AllowMethods?.length) headers['access-control-allow-methods'] = cors.AllowMethods.join(',')
    if (cors.AllowHeaders?.length) headers['access-control-allow-headers'] = cors.AllowHeaders.join(',').toLowerCase()
    if (cors.MaxAge !== undefined) headers['access-control-max-age'] = String(cors.MaxAge)
  }
  return { status: 204, headers, body: '' }
}

/** Adds the configured CORS headers; those that a function set are ignored where the API has a configuration. */
export function withCors(
  cors: CorsConfiguration | undefined,
  request: GatewayRequest,
  answer: GatewayAnswer,
): GatewayAnswer {
  if (!cors) return answer
  const own = Object.entries(answer.headers).filter(([name]) => !name.startsWith('access-control-'))
  const origin = allowedOrigin(cors, request)
  return {
    ...answer,
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
    if (allowed === '*') return '*'
    if (allowed === origin) return origin
    if ((allowed === 'https://*' || allowed === 'http://*') && origin.startsWith(allowed.slice(0, -1))) return origin
  }
  return undefined
}
