import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../clock.ts'
import { isLoopback } from '../wire/web-origin.ts'
import { errorResponse, type GatewayResponse, type GatewayRequest } from './model.ts'

/** Source: "Quotas for configuring and running an HTTP API". */
const bodyLimitBytes = 10 * 1024 * 1024
const headerLimitBytes = 10_240

type Serve = (request: GatewayRequest) => Promise<GatewayResponse>

/** The HTTP server of one API: parses a {@link GatewayRequest} and writes a {@link GatewayResponse}. */
export class GatewayServer {
  readonly #clock: Clock
  readonly #server: Server

  constructor(clock: Clock, serve: Serve) {
    this.#clock = clock
    this.#server = createServer({ maxHeaderSize: 64 * 1024 }, (incoming, outgoing) => {
      const requestId = randomBytes(11).toString('base64url') + '='
      this.#respond(incoming, requestId, serve)
        .then((response) => response && send(outgoing, response, requestId))
        .catch((error: unknown) => {
          // An internal error is logged, and the client gets the response that AWS sends for one.
          console.error(`The local API gateway failed on ${incoming.method} ${incoming.url}:`, error)
          if (outgoing.headersSent) outgoing.destroy()
          else send(outgoing, errorResponse(500, 'Internal Server Error'), requestId)
        })
    })
    this.#server.keepAliveTimeout = 60_000
  }

  /** @param port 0 picks a free one. @returns the port */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', resolve)
    })
    return (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    if (this.#server.listening) await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  /** @returns undefined when the client disconnected while sending its body */
  async #respond(incoming: IncomingMessage, requestId: string, serve: Serve): Promise<GatewayResponse | undefined> {
    const body = await readBody(incoming)
    if (body === 'aborted') return undefined
    if (body === 'too-large') return errorResponse(413, 'Request Entity Too Large')
    if (headerBytes(incoming) > headerLimitBytes) return errorResponse(431, 'Request Header Fields Too Large')
    const { host } = incoming.headers
    if (host !== undefined && !isLoopback(host)) return errorResponse(403, `The host ${host} is not this machine.`)
    const request = toRequest(incoming, { body, requestId, receivedAtMs: this.#clock.now() })
    return request ? serve(request) : errorResponse(400, 'Bad Request')
  }
}

async function readBody(incoming: IncomingMessage): Promise<Buffer | 'too-large' | 'aborted'> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size <= bodyLimitBytes) chunks.push(chunk)
    }
  } catch {
    return 'aborted'
  }
  return size > bodyLimitBytes ? 'too-large' : Buffer.concat(chunks)
}

/** The limit applies to the request line and header values together. */
function headerBytes(incoming: IncomingMessage): number {
  const values = incoming.rawHeaders.filter((_, at) => at % 2 === 1)
  return [incoming.method ?? '', incoming.url ?? '', ...values].reduce((sum, part) => sum + Buffer.byteLength(part), 0)
}

/** @returns undefined when the path is not valid percent-encoding */
function toRequest(
  incoming: IncomingMessage,
  received: Pick<GatewayRequest, 'body' | 'requestId' | 'receivedAtMs'>,
): GatewayRequest | undefined {
  const [rawPath = '', ...query] = (incoming.url ?? '/').split('?')
  const path = decodePath(rawPath)
  if (path === undefined) return undefined
  const { cookie = [], ...headers } = incoming.headersDistinct
  const joined = Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values!.join(',')]))
  const sourceIp = incoming.socket.remoteAddress ?? ''
  const root = `1-${Math.floor(received.receivedAtMs / 1000).toString(16)}-${randomBytes(12).toString('hex')}`
  const before = joined['x-forwarded-for']
  return {
    ...received,
    method: incoming.method ?? 'GET',
    path,
    rawQuery: query.join('?'),
    headers: {
      'content-length': '0',
      'x-amzn-trace-id': `Root=${root}`,
      ...joined,
      'x-forwarded-for': before === undefined ? sourceIp : `${before}, ${sourceIp}`,
      'x-forwarded-port': String(incoming.socket.localPort),
      'x-forwarded-proto': 'http',
    },
    cookies: cookie.flatMap((header) => header.split(/; */)).filter((one) => one !== ''),
    sourceIp,
    protocol: `HTTP/${incoming.httpVersion}`,
  }
}

function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    // decodeURIComponent only throws for invalid encoding; the caller responds with 400.
    return undefined
  }
}

function send(outgoing: ServerResponse, response: GatewayResponse, requestId: string): void {
  const bodiless = response.status === 204 || response.status === 304
  outgoing.writeHead(response.status, {
    ...response.headers,
    ...(response.cookies?.length && { 'set-cookie': [...response.cookies] }),
    ...(!bodiless && { 'content-length': Buffer.byteLength(response.body) }),
    'apigw-requestid': requestId,
  })
  outgoing.end(bodiless || outgoing.req.method === 'HEAD' ? undefined : response.body)
}
