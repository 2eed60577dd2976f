import type { Distribution } from './distribution.ts'
import { EdgeFunctionError } from './edge-function.ts'
import type { EdgeResponse, ViewerRequest } from './messages.ts'

/** A query parameter, header or cookie in the event. */
interface Value {
  readonly value: string
  readonly multiValue?: readonly { readonly value: string }[]
}

type Values = Readonly<Record<string, Value>>

/** Source: "CloudFront Functions event structure". */
export function viewerRequestEvent({ domainName, id }: Distribution, request: ViewerRequest) {
  const { cookie = '', ...headers } = request.headers
  return {
    version: '1.0',
    context: {
      distributionDomainName: domainName,
      distributionId: id,
      eventType: 'viewer-request',
      requestId: request.id,
    },
    viewer: { ip: request.ip },
    request: {
      method: request.method,
      uri: request.path,
      querystring: grouped(request.rawQuery.split('&')),
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { value }])),
      cookies: grouped(cookie.split(/; */)),
    },
  }
}

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

/** What a function for viewer requests returned: a changed request, or the response. @throws EdgeFunctionError */
export function viewerRequestResult(
  result: unknown,
  request: ViewerRequest,
): { request: ViewerRequest } | { response: EdgeResponse } {
  if (typeof result !== 'object' || result === null)
    throw new EdgeFunctionError('A function returned neither a request nor a response.')
  if ('statusCode' in result) return { response: generatedResponse(result) }
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

/** A response with text, such as a redirect. */
function generatedResponse(result: Record<string, unknown>): EdgeResponse {
  const { statusCode, headers, body = '' } = result
  const status = Number(statusCode)
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw new EdgeFunctionError(`A function returned the status code ${JSON.stringify(statusCode)}.`)
  if (typeof body !== 'string' || result['cookies'] !== undefined)
    throw new EdgeFunctionError(
      'A function returned a response with cookies or an encoded body, which are not emulated.',
    )
  return { status, headers: joined(headers), body }
}

/** Every value of a part of a result. @throws EdgeFunctionError when one is not text */
function valuesIn(part: unknown): [name: string, value: string][] {
  const entries = Object.entries((part ?? {}) as Values)
  return entries.flatMap(([name, value]) =>
    (value?.multiValue ?? [value]).map((one): [string, string] => {
      if (typeof one?.value !== 'string')
        throw new EdgeFunctionError(`A function returned ${name} without a text value.`)
      return [name, one.value]
    }),
  )
}

const pairsOf = (part: unknown) => valuesIn(part).map(([name, value]) => `${name}=${value}`)

function joined(headers: unknown): Record<string, string> {
  const byName = Map.groupBy(valuesIn(headers), ([name]) => name.toLowerCase())
  return Object.fromEntries([...byName].map(([name, all]) => [name, all.map(([, value]) => value).join(', ')]))
}
