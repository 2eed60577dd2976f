import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isLoopback } from '../wire/web-origin.ts'
import { errorPage, type EdgeResponse, type ViewerRequest } from './messages.ts'

/** Larger than what the local origins accept, so that their own limits apply. */
const bodyLimitBytes = 20 * 1024 * 1024

type Serve = (request: ViewerRequest) => Promise<EdgeResponse>

export interface EdgeServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  close(): Promise<void>
}

/** Starts the HTTP server of one distribution, on 127.0.0.1. @param port 0 picks a free one */
export async function startEdgeServer(port: number, serve: Serve): Promise<EdgeServer> {
  const server = createServer((incoming, outgoing) => {
    respond(incoming, outgoing, serve).catch((error: unknown) => {
      if (!isDisconnected(error)) console.error(`CloudFront failed on ${incoming.method} ${incoming.url}:`, error)
      outgoing.destroy()
    })
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

async function respond(incoming: IncomingMessage, outgoing: ServerResponse, serve: Serve): Promise<void> {
  const id = randomUUID()
  const body = await readBody(incoming)
  const { host = '' } = incoming.headers
  if (!isLoopback(host)) return send(errorPage(403, 'The host is not this machine.'), id, outgoing)
  if (body === undefined) return send(errorPage(413, 'The request body is too large.'), id, outgoing)
  const url = incoming.url ?? '/'
  const question = url.indexOf('?')
  const response = await serve({
    id,
    method: incoming.method ?? 'GET',
    path: question < 0 ? url : url.slice(0, question),
    rawQuery: question < 0 ? '' : url.slice(question + 1),
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    body,
    ip: incoming.socket.remoteAddress ?? '',
  })
  send(response, id, outgoing)
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

function send({ status, headers, cookies = [], body = '' }: EdgeResponse, id: string, outgoing: ServerResponse): void {
  const isEmpty = status === 204 || status === 304
  const isHead = outgoing.req.method === 'HEAD'
  outgoing.writeHead(status, {
    ...headers,
    // A response to HEAD has the length of the body that it omits.
    ...(isEmpty || isHead ? {} : { 'content-length': Buffer.byteLength(body) }),
    ...(cookies.length > 0 && { 'set-cookie': [...cookies] }),
    via: '1.1 cloudfront.net (CloudFront)',
    'x-amz-cf-id': id,
  })
  outgoing.end(isEmpty || isHead ? undefined : body)
}

const isDisconnected = (error: unknown) =>
  ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes((error as NodeJS.ErrnoException).code ?? '')
