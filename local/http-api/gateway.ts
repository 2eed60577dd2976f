import { AwsError } from '../wire/aws-error.ts'
import { integrationEvent, routeArn } from './event.ts'
import { invokeWithin, type GatewayOptions } from './invocation.ts'
import {
  errorResponse,
  internalError,
  Rejection,
  type Api,
  type CorsConfiguration,
  type GatewayRequest,
  type GatewayResponse,
  type RoutedRequest,
  type Stage,
} from './model.ts'

/** A response with the matched stage and route, for logs and metrics. */
export interface Served {
  readonly response: GatewayResponse
  readonly stage?: Stage
  readonly routeKey?: string
}

/** Processes a request: stage, route, throttle, authorizer and integration, in this order. */
export async function serveRequest(api: Api, request: GatewayRequest, options: GatewayOptions): Promise<Served> {
  const { stage, routedPath } = stageOf(api, request.path)
  if (!stage) return { response: errorResponse(404, 'Not Found') }
  const match = api.router.find(request.method, routedPath)
  if (!match) return { response: unrouted(api, request), stage }
  const response = await route({ api, stage, match, request }, options)
  return { response, stage, routeKey: match.route.routeKey }
}

/** A named stage is the first segment of the path; `$default` serves all other paths. */
function stageOf(api: Api, path: string): { stage?: Stage; routedPath: string } {
  const [, name = '', rest = ''] = /^\/([^/]*)(.*)$/s.exec(path) ?? []
  const named = api.stages.get(name)
  if (named && name !== '$default') return { stage: named, routedPath: rest === '' ? '/' : rest }
  return { stage: api.stages.get('$default'), routedPath: path }
}

function unrouted({ cors }: Api, request: GatewayRequest): GatewayResponse {
  if (cors && request.method === 'OPTIONS') return preflightResponse(cors, request)
  return withCors(cors, request, errorResponse(404, 'Not Found'))
}

const isPreflight = ({ method, headers }: GatewayRequest) =>
  method === 'OPTIONS' && headers['origin'] !== undefined && headers['access-control-request-method'] !== undefined

async function route(call: RoutedRequest, options: GatewayOptions): Promise<GatewayResponse> {
  const { api, stage, match, request } = call
  const { routeKey, authorizer } = match.route
  try {
    if (!stage.admits(routeKey)) throw new Rejection(429, 'Too Many Requests')
    const context = await authorizer?.(call)
    if (api.cors && isPreflight(request)) return preflightResponse(api.cors, request)
    return withCors(api.cors, request, await integrate(call, context, options))
  } catch (error) {
    const rejection = error instanceof AwsError ? failedInvocation(error) : error
    if (rejection instanceof Rejection) return withCors(api.cors, request, rejection.response)
    throw error
  }
}

function failedInvocation(error: AwsError): Rejection {
  const reason = `${error.name}: ${error.message}`
  if (error.name === 'RequestEntityTooLargeException') return new Rejection(413, 'Request Entity Too Large', { reason })
  return internalError(reason)
}

async function integrate(
  call: RoutedRequest,
  context: object | undefined,
  options: GatewayOptions,
): Promise<GatewayResponse> {
  const { functionArn, timeoutMs } = call.match.route.integration
  const caller = { kind: 'service', service: 'apigateway.amazonaws.com', sourceArn: routeArn(call) } as const
  const trace = call.request.headers['x-amzn-trace-id']
  const limit = { ms: timeoutMs, rejection: unavailable }
  const event = integrationEvent(call, context)
  const { payload, functionError } = await invokeWithin(limit, options, functionArn, event, caller, trace)
  if (functionError !== undefined) throw internalError('The function failed.')
  return responseOf(payload)
}

const unavailable = (reason: string) => new Rejection(503, 'Service Unavailable', { reason })

/**
 * The response to a preflight, for which no function is invoked. An origin that is not allowed gets no CORS headers.
 */
function preflightResponse(cors: CorsConfiguration, request: GatewayRequest): GatewayResponse {
  const headers = originHeaders(cors, request)
  if (headers['access-control-allow-origin'] !== undefined) {
    Object.assign(headers, listed('access-control-allow-methods', cors.AllowMethods))
    Object.assign(headers, listed('access-control-allow-headers', cors.AllowHeaders?.map(lowerCase)))
    if (cors.MaxAge !== undefined) headers['access-control-max-age'] = String(cors.MaxAge)
  }
  return { status: 204, headers }
}

/** Adds the configured CORS headers; those set by a function are ignored if the API has a CORS configuration. */
function withCors(
  cors: CorsConfiguration | undefined,
  request: GatewayRequest,
  response: GatewayResponse,
): GatewayResponse {
  if (!cors) return response
  const own = Object.entries(response.headers).filter(([name]) => !name.startsWith('access-control-'))
  return { ...response, headers: { ...Object.fromEntries(own), ...originHeaders(cors, request) } }
}

function originHeaders(cors: CorsConfiguration, request: GatewayRequest): Record<string, string> {
  const { origin } = request.headers
  if (request.method === 'OPTIONS' && !isPreflight(request)) return {}
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

/** Headers that belong to one connection, or that the gateway computes. */
const gatewayHeaders =
  /^(apigw-requestid|connection|content-length|date|keep-alive|proxy-authenticate|te|trailer|transfer-encoding|upgrade)$/

/**
 * Converts the result of a function to an HTTP response, by payload format 2.0: an object with `statusCode` describes
 * the response; any other value is the JSON body of a 200.
 */
export function responseOf(payload: unknown): GatewayResponse {
  if (typeof payload !== 'object' || payload === null || !('statusCode' in payload))
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(payload ?? null) }
  const result: Record<string, unknown> = payload
  // Null is an absent member.
  const [headers, cookies, body] = [result['headers'] ?? {}, result['cookies'] ?? [], result['body'] ?? '']
  const status = Number(result['statusCode'])
  const fields = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  const problems = [
    !(status >= 200 && status <= 599) && `statusCode is ${JSON.stringify(result['statusCode'])}`,
    (typeof headers !== 'object' || fields.some(([, value]) => typeof value === 'object')) && 'headers are not texts',
    !(Array.isArray(cookies) && cookies.every((cookie) => typeof cookie === 'string')) && 'cookies are not texts',
    typeof body !== 'string' && 'body is not a string',
  ].filter(Boolean)
  if (problems.length > 0) throw internalError(`The function's response is malformed: ${problems.join(', ')}.`)
  const own = fields.filter(([name]) => !gatewayHeaders.test(name)).map(([name, value]) => [name, String(value)])
  return {
    status,
    headers: { 'content-type': 'text/plain;charset=UTF-8', ...Object.fromEntries(own) },
    cookies: cookies as string[],
    body: result['isBase64Encoded'] === true ? Buffer.from(body as string, 'base64') : (body as string),
  }
}
