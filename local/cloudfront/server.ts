import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isLoopback } from '../wire/web-origin.ts'
import { errorPage, type EdgeResponse, type ViewerRequest } from './distribution.ts'

/** Larger than what the local origins accept, so that their own limits apply. */
const bodyLimitBytes = 20 * 1024 * 1024

/** The HTTP server of one distribution, on 127.0.0.1. */
export class EdgeServer {
  readonly #server: Server

  constructor(serve: (request: ViewerRequest) => Promise<EdgeResponse>) {
    this.#server = createServer((incoming, outgoing) => {
      handle(incoming, outgoing, serve).catch((error: unknown) => {
        if (!isDisconnected(error)) console.error(`CloudFront failed on ${incoming.method} ${incoming.url}:`, error)
        outgoing.destroy()
      })
    })
    this.#server.keepAliveTimeout = 60_000
  }

  /** @param port 0 picks a free one. @returns the URL, `http://127.0.0.1:<port>` */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', resolve)
    })
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    if (this.#server.listening) await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}

async function handle(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  serve: (request: ViewerRequest) => Promise<EdgeResponse>,
): Promise<void> {
  const id = randomUUID()
  const body = await readBody(incoming)
  const response = await respond(incoming, body, id, serve)
  await send(response, id, outgoing)
}

async function respond(
  incoming: IncomingMessage,
  body: Buffer | undefined,
  id: string,
  serve: (request: ViewerRequest) => Promise<EdgeResponse>,
): Promise<EdgeResponse> {
  const { host = '' } = incoming.headers
  if (!isLoopback(host)) return errorPage(403, 'The host is not this machine.')
  if (body === undefined) return errorPage(413, 'The request body is too large.')
  const url = incoming.url ?? '/'
  const question = url.indexOf('?')
  return serve({
    id,
    method: incoming.method ?? 'GET',
    path: question < 0 ? url : url.slice(0, question),
    rawQuery: question < 0 ? '' : url.slice(question + 1),
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    body,
    ip: incoming.socket.remoteAddress ?? '',
  })
}

/** A body that is too large is read to its end, since a client reads no response while it sends. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= bodyLimitBytes) chunks.push(chunk)
  }
  return size <= bodyLimitBytes ? Buffer.concat(chunks) : undefined
}

async function send(response: EdgeResponse, id: string, outgoing: ServerResponse): Promise<void> {
  const { status, headers, cookies = [], body = '' } = response
  const isEmpty = status === 204 || status === 304
  const isStream = body instanceof Readable
  outgoing.writeHead(status, {
    ...headers,
    // A response to HEAD has the length of the body that it omits.
    ...(isEmpty || isStream || outgoing.req.method === 'HEAD' ? {} : { 'content-length': Buffer.byteLength(body) }),
    ...(cookies.length > 0 && { 'set-cookie': [...cookies] }),
    via: '1.1 cloudfront.net (CloudFront)',
    'x-amz-cf-id': id,
  })
  if (isStream) return pipeline(body, outgoing)
  outgoing.end(isEmpty || outgoing.req.method === 'HEAD' ? undefined : body)
}

const isDisconnected = (error: unknown) =>
  ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes((error as NodeJS.ErrnoException).code ?? '')
