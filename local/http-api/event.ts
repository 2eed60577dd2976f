import { accountId, region } from '../assembly/provider.ts'
import type { Api, GatewayRequest, Stage } from './model.ts'
import type { Match } from './router.ts'

/** The authorizer context in the event of the function. */
export type AuthorizerContext =
  | { readonly jwt: { readonly claims: Readonly<Record<string, string>>; readonly scopes: readonly string[] | null } }
  | { readonly lambda: unknown }

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (value: number) => String(value).padStart(2, '0')

/** `12/Mar/2026:19:03:58 +0000`, the common log format. */
export function commonLogTime(epochMs: number): string {
  const time = new Date(epochMs)
  const date = `${two(time.getUTCDate())}/${months[time.getUTCMonth()]}/${time.getUTCFullYear()}`
  return `${date}:${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())} +0000`
}

/** The members that the events of integrations and authorizers share. */
export function requestPart(request: GatewayRequest) {
  const query = [...new URLSearchParams(request.rawQuery)]
  return {
    rawPath: request.path,
    rawQueryString: request.rawQuery,
    ...(request.cookies.length > 0 ? { cookies: request.cookies } : {}),
    headers: request.headers,
    ...(query.length > 0 ? { queryStringParameters: joinedByComma(query) } : {}),
  }
}

export function contextPart(api: Api, stage: Stage, match: Match, request: GatewayRequest) {
  return {
    accountId,
    apiId: api.apiId,
    domainName: request.headers['host'] ?? new URL(api.endpoint).host,
    domainPrefix: api.apiId,
    http: {
      method: request.method,
      path: request.path,
      protocol: request.protocol,
      sourceIp: request.sourceIp,
      userAgent: request.headers['user-agent'] ?? '',
    },
    requestId: request.requestId,
    routeKey: match.route.routeKey,
    stage: stage.name,
    time: commonLogTime(request.receivedAtMs),
    timeEpoch: request.receivedAtMs,
  }
}

/**
 * The event of payload format 2.0.
 * Source: "Create AWS Lambda proxy integrations for HTTP APIs" in the API Gateway developer guide.
 */
export function integrationEvent(
  api: Api,
  stage: Stage,
  match: Match,
  request: GatewayRequest,
  authorizer: AuthorizerContext | undefined,
) {
  const isBase64Encoded = request.body.length > 0 && !isText(request.headers['content-type'])
  return {
    version: '2.0',
    routeKey: match.route.routeKey,
    ...requestPart(request),
    requestContext: { ...contextPart(api, stage, match, request), ...(authorizer ? { authorizer } : {}) },
    ...(Object.keys(match.pathParameters).length > 0 ? { pathParameters: match.pathParameters } : {}),
    ...(stage.variables ? { stageVariables: stage.variables } : {}),
    ...(request.body.length > 0 ? { body: request.body.toString(isBase64Encoded ? 'base64' : 'utf8') } : {}),
    isBase64Encoded,
  }
}

export const executeApiArn = (api: Api, path: string) =>
  `arn:aws:execute-api:${region}:${accountId}:${api.apiId}/${path}`

/** The source ARN that a function's permission must match: that of the route, not of the requested path. */
export function routeArn(api: Api, stage: Stage, match: Match, method: string): string {
  const { routeKey } = match.route
  if (routeKey === '$default') return executeApiArn(api, `${stage.name}/$default`)
  return executeApiArn(api, `${stage.name}/${method}${routeKey.slice(routeKey.indexOf('/'))}`)
}

/** Bodies of these types are passed to a function as text; all others, including form posts, as base64. */
function isText(contentType: string | undefined): boolean {
  if (contentType === undefined) return true
  const type = contentType.split(';')[0]!.trim().toLowerCase()
  return /^(text\/.*|application\/(json|javascript|xml|.*\+json|.*\+xml))$/.test(type)
}

function joinedByComma(pairs: Iterable<readonly [string, string]>): Record<string, string> {
  const joined = new Map<string, string>()
  for (const [name, value] of pairs) {
    const before = joined.get(name)
    joined.set(name, before === undefined ? value : `${before},${value}`)
  }
  return Object.fromEntries(joined)
}
