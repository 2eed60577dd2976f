import { Agent, request as sendRequest, type IncomingMessage } from 'node:http'
import type { Behavior, Origin } from './distribution.ts'
import type { EdgeResponse, ViewerRequest } from './messages.ts'

/** Forwarded to every origin, also if no policy selects them. Source: "HTTP request headers and CloudFront behavior". */
const alwaysForwarded = ['content-type', 'if-match', 'if-modified-since', 'if-none-match', 'if-unmodified-since']

/** Headers of one connection, which neither request nor response passes on. */
const connectionHeaders = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * The request as the origin gets it.
 *
 * "`GET` and `HEAD` requests – CloudFront removes the `Authorization` header field before forwarding the request to your
 * origin" ("Request and response behavior for custom origins"), unless the behavior forwards all viewer headers.
 */
export function originRequest(behavior: Behavior, request: ViewerRequest): ViewerRequest {
  const { forwardsViewer, cachePolicy } = behavior
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
  request: ViewerRequest,
): Promise<EdgeResponse | undefined> {
  const { method, path, rawQuery, headers, body, id, ip } = request
  const before = headers['x-forwarded-for']
  const answered = Promise.withResolvers<IncomingMessage>()
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
      'x-forwarded-for': before === undefined ? ip : `${before}, ${ip}`,
    },
  })
  outgoing.once('response', answered.resolve).once('error', answered.reject)
  outgoing.end(body)
  try {
    return await read(await answered.promise)
  } catch {
    // The connection failed, or ended before the response was complete: CloudFront reports both as an unreachable origin.
    return undefined
  }
}

async function read(incoming: IncomingMessage): Promise<EdgeResponse> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
  const { 'set-cookie': cookies, ...headers } = incoming.headers
  return {
    status: incoming.statusCode!,
    headers: withoutConnection(headers as Record<string, string>),
    ...(cookies && { cookies }),
    body: Buffer.concat(chunks),
  }
}

const withoutConnection = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !connectionHeaders.has(name)))
