import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { WireRequest, WireResponse } from './service.ts'
import { isLoopback } from './web-origin.ts'

export interface HttpRequest extends WireRequest {
  readonly id: string
  /** Without the question mark, still percent-encoded. */
  readonly rawQuery: string
  readonly sourceIp: string
  /** `HTTP/1.1` */
  readonly protocol: string
}

/** More than Node.js allows by default, so that a service rejects what is too large for it in its own format. */
const maxHeaderSize = 64 * 1024

type Respond = (request: HttpRequest) => Promise<WireResponse>

interface HttpOptions {
  /** Of the service, in messages about its failures. */
  readonly name: string
  readonly bodyLimitBytes: number
  /**
   * The response to a request that does not reach the service: for a host other than this machine (403), with a body over
   * the limit (413), after an internal error, which is logged (500), or before the service is ready (503).
   */
  readonly refuse: (status: 403 | 413 | 500 | 503, message: string, request: HttpRequest) => WireResponse
}

/** An HTTP server on 127.0.0.1, which closes itself to the web pages of other hosts. */
export class HttpServer {
  /** `http://127.0.0.1:<port>`, once it listens. */
  url = ''
  /** Can be replaced while it listens. */
  respond: Respond
  readonly #options: HttpOptions
  readonly #server: Server

  constructor(options: HttpOptions, respond?: Respond) {
    this.#options = options
    this.respond = respond ?? (async (request) => options.refuse(503, 'Service Unavailable', request))
    this.#server = createServer({ maxHeaderSize }, (incoming, outgoing) => {
      this.#handle(incoming, outgoing).catch((error: unknown) => {
        if (!isDisconnected(error)) console.error(`${options.name} could not respond:`, error)
        outgoing.destroy()
      })
    })
    this.#server.keepAliveTimeout = 60_000
  }

  /** @param port 0 picks a free one. @returns the URL */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', resolve)
    })
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    return this.url
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    if (this.#server.listening) await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  async #handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { name, bodyLimitBytes, refuse } = this.#options
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      size += chunk.length
      // An oversized body is read to its end, since a client reads no response while it sends.
      if (size <= bodyLimitBytes) chunks.push(chunk)
      else chunks.length = 0
    }
    const request = requestOf(incoming, Buffer.concat(chunks))
    const { host } = request.headers
    if (host !== undefined && !isLoopback(host))
      return send(outgoing, refuse(403, `The host ${host} is not this machine.`, request))
    if (size > bodyLimitBytes) return send(outgoing, refuse(413, 'Request Entity Too Large', request))
    try {
      // A header that HTTP does not allow is found when it is sent.
      send(outgoing, await this.respond(request))
    } catch (error) {
      console.error(`${name} failed on ${incoming.method} ${incoming.url}:`, error)
      send(outgoing, refuse(500, 'Internal Server Error', request))
    }
  }
}

function requestOf(incoming: IncomingMessage, body: Buffer): HttpRequest {
  const [path = '/', ...query] = (incoming.url ?? '/').split('?')
  const rawQuery = query.join('?')
  const headers = Object.entries(incoming.headersDistinct).map(
    ([name, values]) => [name, values!.join(name === 'cookie' ? '; ' : ',')] as const,
  )
  return {
    id: randomUUID(),
    method: incoming.method ?? 'GET',
    path,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    // Without a prototype: a signature may cover a header named like a member of Object.
    headers: Object.assign(Object.create(null), Object.fromEntries(headers)),
    body,
    sourceIp: incoming.socket.remoteAddress ?? '',
    protocol: `HTTP/${incoming.httpVersion}`,
  }
}

/** A response to HEAD has the length of the body that it omits; a service that does not know the body sets the length itself. */
function send(outgoing: ServerResponse, { status, headers, cookies = [], body = '' }: WireResponse): void {
  const isHead = outgoing.req.method === 'HEAD'
  const isEmpty = status === 204 || status === 304
  const length = Buffer.byteLength(body)
  outgoing.writeHead(status, {
    ...(!isEmpty && !(isHead && length === 0) && { 'content-length': length }),
    ...headers,
    ...(cookies.length > 0 && { 'set-cookie': [...cookies] }),
  })
  outgoing.end(isEmpty || isHead ? undefined : body)
}

/** Whether `If-None-Match` names this ETag; weak comparison ("RFC 9110", 13.1.2). */
export const isNamedBy = (ifNoneMatch: string, etag: string): boolean =>
  ifNoneMatch.split(',').some((tag) => ['*', withoutWeakness(etag)].includes(withoutWeakness(tag.trim())))

const withoutWeakness = (etag: string) => etag.replace(/^W\//, '')

const isDisconnected = (error: unknown) =>
  ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes((error as NodeJS.ErrnoException).code ?? '')

/**
 * The servers of resources that each have a port of their own. That of the first resource is opened before the templates are
 * read, so that its URL is known and a port in use is reported with the others; it responds with 503 until its resource is
 * declared.
 */
export class HttpEndpoints {
  readonly #options: HttpOptions
  readonly #servers: HttpServer[] = []
  #reserved: HttpServer | undefined

  constructor(options: HttpOptions) {
    this.#options = options
  }

  /** @param port 0 picks a free one. @returns the URL */
  async listen(port: number): Promise<string> {
    const server = new HttpServer(this.#options)
    this.#servers.push(server)
    this.#reserved = server
    return server.listen(port)
  }

  /** @returns the URL of the resource, without a trailing slash */
  async open(respond: Respond): Promise<string> {
    if (!this.#reserved) await this.listen(0)
    const server = this.#reserved!
    this.#reserved = undefined
    server.respond = respond
    return server.url
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()))
  }
}
