import { randomBytes } from 'node:crypto'
import { accountId, arn } from '../assembly/provider.ts'
import type { HttpRequest } from '../wire/http.ts'
import { domainOf, type Api, type GatewayRequest, type RoutedRequest } from './model.ts'

/** @throws URIError when the path is not valid percent-encoding */
export function gatewayRequest(received: HttpRequest, receivedAtMs: number): GatewayRequest {
  const { cookie = '', ...headers } = received.headers
  const { sourceIp } = received
  const before = headers['x-forwarded-for']
  const seconds = Math.floor(receivedAtMs / 1000)
  return {
    ...received,
    receivedAtMs,
    path: decodeURIComponent(received.path),
    headers: {
      'content-length': '0',
      'x-amzn-trace-id': `Root=1-${seconds.toString(16)}-${randomBytes(12).toString('hex')}`,
      ...headers,
      'x-forwarded-for': before === undefined ? sourceIp : `${before}, ${sourceIp}`,
      'x-forwarded-port': /:(\d+)$/.exec(headers['host'] ?? '')?.[1] ?? '80',
      'x-forwarded-proto': 'http',
    },
    cookies: cookie.split(/; */).filter((one) => one !== ''),
  }
}

/** `12/Mar/2026:19:03:58 +0000`, the common log format. */
export function commonLogTime(epochMs: number): string {
  const [, day, month, year, time] = new Date(epochMs).toUTCString().split(/[ ,]+/)
  return `${day}/${month}/${year}:${time} +0000`
}

/** The members that the events of integrations and authorizers share. */
export function commonEvent({ api, stage, match, request }: RoutedRequest) {
  const { query } = request
  return {
    version: '2.0',
    routeKey: match.route.routeKey,
    rawPath: request.path,
    rawQueryString: request.rawQuery,
    ...(request.cookies.length > 0 && { cookies: request.cookies }),
    headers: request.headers,
    ...(query.size > 0 && {
      queryStringParameters: Object.fromEntries([...query.keys()].map((name) => [name, query.getAll(name).join(',')])),
    }),
    requestContext: {
      accountId,
      apiId: api.apiId,
      domainName: request.headers['host'] ?? domainOf(api.apiId),
      domainPrefix: api.apiId,
      http: {
        method: request.method,
        path: request.path,
        protocol: request.protocol,
        sourceIp: request.sourceIp,
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: request.id,
      routeKey: match.route.routeKey,
      stage: stage.name,
      time: commonLogTime(request.receivedAtMs),
      timeEpoch: request.receivedAtMs,
    },
    ...(Object.keys(match.pathParameters).length > 0 && { pathParameters: match.pathParameters }),
  }
}

/**
 * The event of payload format 2.0.
 * Source: "Create AWS Lambda proxy integrations for HTTP APIs" in the API Gateway developer guide.
 */
export function integrationEvent(call: RoutedRequest, authorizer: object | undefined) {
  const common = commonEvent(call)
  return {
    ...common,
    requestContext: { ...common.requestContext, ...(authorizer && { authorizer }) },
    ...bodyOf(call.request),
  }
}

/** Bodies of textual types are passed to a function as text; all others, including form posts, as base64. */
function bodyOf({ body, headers }: GatewayRequest) {
  if (body.length === 0) return { isBase64Encoded: false }
  const type = headers['content-type']?.split(';')[0]!.trim().toLowerCase() ?? 'text/plain'
  const isBase64Encoded = !/^(text\/.*|application\/(json|javascript|xml|.*\+json|.*\+xml))$/.test(type)
  return { body: body.toString(isBase64Encoded ? 'base64' : 'utf8'), isBase64Encoded }
}

export const executeApiArn = ({ apiId }: Api, path: string) => arn('execute-api', `${apiId}/${path}`)

/** The source ARN that a function's permission must match: that of the route, not of the requested path. */
export function routeArn({ api, stage, match, request }: RoutedRequest): string {
  const { routeKey } = match.route
  if (routeKey === '$default') return executeApiArn(api, `${stage.name}/$default`)
  return executeApiArn(api, `${stage.name}/${request.method}${routeKey.slice(routeKey.indexOf('/'))}`)
}
