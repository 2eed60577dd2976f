import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { ApiEvent } from '#shared/http/parse-request.ts'

export interface ApiCall {
  readonly method?: string
  readonly path?: string
  readonly headers?: Record<string, string>
  readonly parameters?: Record<string, string>
  readonly query?: Record<string, string>
  /** A string is sent unchanged, any other value as JSON. */
  readonly body?: unknown
  readonly base64?: boolean
  /** The API's stage, whose name the caller's path begins with. @default $default, which has no part in the path */
  readonly stage?: string
  /** A customer behind the JWT authorizer. */
  readonly customer?: string
  /** A member of staff behind the Lambda authorizer. */
  readonly staff?: string
  /** The id of the function's invocation. @default lambda-request */
  readonly requestId?: string
}

/** The event of an HTTP API (payload format 2.0). */
export function apiEvent(call: ApiCall = {}): ApiEvent {
  const { method = 'GET', path = '/', headers = {}, query, parameters, body, base64 = false, stage = '$default' } = call
  const rawPath = stage === '$default' ? path : `/${stage}${path}`
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(query ? { queryStringParameters: query } : {}),
    ...(parameters ? { pathParameters: parameters } : {}),
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: 'api.example.com',
      domainPrefix: 'api',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'gateway-request',
      routeKey: `${method} ${path}`,
      stage,
      time: '01/Jan/2026:12:00:00 +0000',
      timeEpoch: 1767268800000,
      ...authorizer(call),
    },
    isBase64Encoded: base64,
    ...(text === undefined ? {} : { body: base64 ? Buffer.from(text).toString('base64') : text }),
  }
}

function authorizer({ customer, staff }: ApiCall) {
  if (customer !== undefined) return { authorizer: { jwt: { claims: { sub: customer }, scopes: [] } } }
  if (staff !== undefined) return { authorizer: { lambda: { userId: staff, group: 'staff' } } }
  return {}
}

export interface ApiResponse {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: any
}

type Handler = (event: ApiEvent, context: { awsRequestId: string }) => Promise<APIGatewayProxyStructuredResultV2>

/** Calls a route's handler as API Gateway does, and parses its response. */
export async function callApi(handler: Handler, call: ApiCall = {}): Promise<ApiResponse> {
  const { requestId: awsRequestId = 'lambda-request' } = call
  const { statusCode, headers = {}, body } = await handler(apiEvent(call), { awsRequestId })
  return {
    status: statusCode!,
    headers: headers as Record<string, string>,
    body: body === undefined ? undefined : JSON.parse(body),
  }
}
