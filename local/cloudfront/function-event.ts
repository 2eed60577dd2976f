import { STATUS_CODES } from 'node:http'
import type { Distribution, EdgeResponse, ViewerRequest } from './distribution.ts'
import { EdgeFunctionError } from './edge-function.ts'

/** A query parameter, header or cookie in the event. */
interface Value {
  readonly value: string
  readonly multiValue?: readonly { readonly value: string }[]
  /** Of a cookie that is set: `Path=/; Secure` */
  readonly attributes?: string
}

type Values = Readonly<Record<string, Value>>

/** Source: "CloudFront Functions event structure". */
export const viewerRequestEvent = (distribution: Distribution, request: ViewerRequest) => ({
  version: '1.0',
  context: contextOf(distribution, request, 'viewer-request'),
  viewer: { ip: request.ip },
  request: requestOf(request),
})

export const viewerResponseEvent = (distribution: Distribution, request: ViewerRequest, response: EdgeResponse) => ({
  ...viewerRequestEvent(distribution, request),
  context: contextOf(distribution, request, 'viewer-response'),
  response: {
    statusCode: response.status,
    statusDescription: STATUS_CODES[response.status] ?? '',
    headers: singleValues(response.headers),
    cookies: setCookies(response.cookies ?? []),
  },
})

const contextOf = ({ domainName, id }: Distribution, request: ViewerRequest, eventType: string) => ({
  distributionDomainName: domainName,
  distributionId: id,
  eventType,
  requestId: request.id,
})

function requestOf({ method, path, rawQuery, headers }: ViewerRequest) {
  const { cookie = '', ...others } = headers
  return {
    method,
    uri: path,
    querystring: grouped(rawQuery.split('&')),
    headers: singleValues(others),
    cookies: grouped(cookie.split(/; */)),
  }
}

const singleValues = (headers: Readonly<Record<string, string>>): Values =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { value }]))

/** Repeated names have all their values in `multiValue`. */
function grouped(pairs: readonly string[]): Values {
  const named = pairs.filter((pair) => pair !== '').map(split)
  const values = Map.groupBy(named, ([name]) => name)
  return Object.fromEntries(
    [...values].map(([name, repeated]) => {
      const multiValue = repeated.map(([, value]) => ({ value }))
      return [name, { value: multiValue[0]!.value, ...(multiValue.length > 1 && { multiValue }) }]
    }),
  )
}

function split(pair: string): [name: string, value: string] {
  const equals = pair.indexOf('=')
  return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
}

const setCookies = (cookies: readonly string[]): Values =>
  Object.fromEntries(
    cookies.map((cookie) => {
      const [pair = '', ...attributes] = cookie.split('; ')
      const [name, value] = split(pair)
      return [name, { value, ...(attributes.length > 0 && { attributes: attributes.join('; ') }) }]
    }),
  )

/** What a function for viewer requests returned: a changed request, or the response. @throws EdgeFunctionError */
export function viewerRequestResult(
  result: unknown,
  request: ViewerRequest,
): { request: ViewerRequest } | { response: EdgeResponse } {
  if (!isObject(result)) throw new EdgeFunctionError('A function returned neither a request nor a response.')
  if ('statusCode' in result) return { response: responseFrom(result, { headers: {} }) }
  const { uri, querystring, headers, cookies } = result as { uri?: unknown; [part: string]: unknown }
  if (typeof uri !== 'string' || !uri.startsWith('/')) throw new EdgeFunctionError('A function returned no valid uri.')
  const cookie = pairsOf(cookies).join('; ')
  return {
    request: {
      ...request,
      path: uri,
      rawQuery: pairsOf(querystring).join('&'),
      headers: { ...joined(headers), ...(cookie !== '' && { cookie }) },
    },
  }
}

/** The response that a function for viewer responses returned; it keeps the body unless it has another one. @throws EdgeFunctionError */
export function viewerResponseResult(result: unknown, before: EdgeResponse): EdgeResponse {
  if (!isObject(result)) throw new EdgeFunctionError('A function returned no response.')
  return responseFrom(result, before)
}

function responseFrom(result: Record<string, unknown>, before: Pick<EdgeResponse, 'headers' | 'body'>): EdgeResponse {
  const status = Number(result['statusCode'])
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new EdgeFunctionError(`A function returned the status code ${JSON.stringify(result['statusCode'])}.`)
  }
  const cookies = valuesIn(result['cookies']).map(
    ([name, { value, attributes }]) => `${name}=${value}${attributes ? `; ${attributes}` : ''}`,
  )
  const generated = bodyOf(result['body'])
  const { 'content-length': length, ...headers } = joined(result['headers'])
  return {
    status,
    headers: generated !== undefined || length === undefined ? headers : { ...headers, 'content-length': length },
    ...(cookies.length > 0 && { cookies }),
    body: generated ?? before.body,
  }
}

/** A body is text, or `{ encoding: 'text' | 'base64', data }`. */
function bodyOf(body: unknown): string | Buffer | undefined {
  if (!isObject(body)) return typeof body === 'string' ? body : undefined
  return Buffer.from(String(body['data']), body['encoding'] === 'base64' ? 'base64' : 'utf8')
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Every value of a part of a result. @throws EdgeFunctionError when one is not text */
function valuesIn(part: unknown): [name: string, value: Value][] {
  const entries = Object.entries((part ?? {}) as Values)
  return entries.flatMap(([name, value]) =>
    (value?.multiValue ?? [value]).map((one): [string, Value] => {
      if (typeof one?.value !== 'string')
        throw new EdgeFunctionError(`A function returned ${name} without a text value.`)
      return [name, one]
    }),
  )
}

const pairsOf = (part: unknown) => valuesIn(part).map(([name, { value }]) => `${name}=${value}`)

function joined(headers: unknown): Record<string, string> {
  const byName = Map.groupBy(valuesIn(headers), ([name]) => name.toLowerCase())
  return Object.fromEntries([...byName].map(([name, all]) => [name, all.map(([, { value }]) => value).join(', ')]))
}
