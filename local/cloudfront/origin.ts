import { Agent, request as sendRequest, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { HttpRequest } from '../wire/http.ts'
import type { Behavior, Origin } from './distribution.ts'
import type { EdgeResponse } from './policies.ts'

/** Forwarded to every origin, also if no policy selects them. Source: "HTTP request headers and CloudFront behavior". */
const alwaysForwarded = ['content-type', 'if-match', 'if-modified-since', 'if-none-match', 'if-unmodified-since']

/** Headers of one connection, which neither request nor response passes on. */
const connectionHeaders =
  /^(connection|expect|keep-alive|proxy-authenticate|proxy-authorization|proxy-connection|te|trailer|transfer-encoding|upgrade)$/

/**
 * The request as the origin gets it.
 *
 * "`GET` and `HEAD` requests – CloudFront removes the `Authorization` header field before forwarding the request to your
 * origin" ("Request and response behavior for custom origins"), unless the behavior forwards all viewer headers.
 */
export function originRequest({ forwardsViewer, cachePolicy }: Behavior, request: HttpRequest): HttpRequest {
  const isRead = ['GET', 'HEAD'].includes(request.method)
  // The origin is asked for the whole object if it can be cached.
  const isCached = isRead && cachePolicy.maxTtlSeconds > 0
  const isForwarded = (name: string) => {
    if (['host', 'range', 'if-range'].includes(name) || (isCached && name.startsWith('if-'))) return false
    return forwardsViewer || alwaysForwarded.includes(name) || (name === 'authorization' && !isRead)
  }
  return {
    ...request,
    rawQuery: forwardsViewer || cachePolicy.withQuery ? request.rawQuery : '',
    headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => isForwarded(name))),
  }
}

/** Connections are reused, since every request of a page comes through here. */
const agent = new Agent({ keepAlive: true })

/** @returns undefined when the origin does not respond */
export async function fetchFromHttp(
  { url, headers: ownHeaders }: Extract<Origin, { kind: 'http' }>,
  request: HttpRequest,
): Promise<EdgeResponse | undefined> {
  const { method, path, rawQuery, headers, body, id, sourceIp } = request
  const before = headers['x-forwarded-for']
  const responded = Promise.withResolvers<IncomingMessage>()
  const outgoing = sendRequest(`${url}${path}${rawQuery === '' ? '' : `?${rawQuery}`}`, {
    method,
    agent,
    headers: {
      'user-agent': 'Amazon CloudFront',
      ...withoutConnection(headers),
      ...ownHeaders,
      'content-length': String(body.length),
      via: '1.1 cloudfront.net (CloudFront)',
      'x-amz-cf-id': id,
      'x-forwarded-for': before === undefined ? sourceIp : `${before}, ${sourceIp}`,
    },
  })
  outgoing.once('response', responded.resolve).once('error', responded.reject)
  outgoing.end(body)
  try {
    const incoming = await responded.promise
    const { 'set-cookie': cookies = [], ...received } = incoming.headers
    const kept = withoutConnection(received as Record<string, string>)
    return { status: incoming.statusCode!, headers: kept, cookies, body: await buffer(incoming) }
  } catch {
    // The connection failed, or ended before the response was complete: CloudFront reports both as an unreachable origin.
    return undefined
  }
}

const withoutConnection = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !connectionHeaders.test(name)))
