import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Clock } from '../clock.ts'
import { isLoopback } from '../wire/web-origin.ts'
import { errorResponse, type GatewayResponse, type GatewayRequest } from './model.ts'

/** Source: "Quotas for configuring and running an HTTP API". */
const bodyLimitBytes = 10 * 1024 * 1024
const headerLimitBytes = 10_240

/** The HTTP server of one API: parses a {@link GatewayRequest} and writes a {@link GatewayResponse}. */
export class GatewayServer {
  readonly #clock: Clock
  readonly #server: Server

  constructor(clock: Clock, serve: (request: GatewayRequest) => Promise<GatewayResponse>) {
    this.#clock = clock
    this.#server = createServer({ maxHeaderSize: 64 * 1024, requireHostHeader: false }, (incoming, outgoing) => {
      this.#handle(incoming, outgoing, serve).catch((error: unknown) => {
        console.error(`The local API gateway failed on ${incoming.method} ${incoming.url}:`, error)
        outgoing.destroy()
      })
    })
    this.#server.keepAliveTimeout = 60_000
    this.#server.on('clientError', rejectUnreadable)
    // Without a listener, Node responds without a body.
    this.#server.on('checkExpectation', (_, outgoing: ServerResponse) => {
      send(outgoing, closing(errorResponse(417, 'Expectation Failed')), newRequestId())
    })
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

  async #handle(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    serve: (request: GatewayRequest) => Promise<GatewayResponse>,
  ): Promise<void> {
    const requestId = newRequestId()
    const body = await readBody(incoming)
    if (body === 'aborted') return
    const response = await this.#respond(incoming, body, requestId, serve)
    send(outgoing, body === 'too-large' ? closing(response) : response, requestId)
  }

  async #respond(
    incoming: IncomingMessage,
    body: Buffer | 'too-large',
    requestId: string,
    serve: (request: GatewayRequest) => Promise<GatewayResponse>,
  ): Promise<GatewayResponse> {
    if (body === 'too-large') return errorResponse(413, 'Request Entity Too Large')
    if (headerBytes(incoming) > headerLimitBytes) return errorResponse(431, 'Request Header Fields Too Large')
    const request = toRequest(incoming, body, requestId, this.#clock.now())
    const { host } = incoming.headers
    if (!request || (host === undefined && incoming.httpVersion !== '1.0')) return errorResponse(400, 'Bad Request')
    if (host !== undefined && !isLoopback(host)) return errorResponse(403, `The host ${host} is not this machine.`)
    try {
      return await serve(request)
    } catch (error) {
      // An internal error is logged, and the client gets the response that AWS sends for one.
      console.error(`The local API gateway failed on ${request.method} ${request.path}:`, error)
      return errorResponse(500, 'Internal Server Error')
    }
  }
}

const newRequestId = () => randomBytes(11).toString('base64url') + '='

/** For a request whose body is not read to its end. */
const closing = (response: GatewayResponse): GatewayResponse => ({
  ...response,
  headers: { ...response.headers, connection: 'close' },
})

async function readBody(incoming: IncomingMessage): Promise<Buffer | 'too-large' | 'aborted'> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size <= bodyLimitBytes) chunks.push(chunk)
    }
  } catch {
    // The client disconnected while sending its body.
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
  body: Buffer,
  requestId: string,
  nowMs: number,
): GatewayRequest | undefined {
  const url = (incoming.url ?? '/').replace(/^https?:\/\/[^/]+/i, '')
  const question = url.indexOf('?')
  const path = decodePath(question < 0 ? url : url.slice(0, question))
  if (path === undefined) return undefined
  const { cookie, ...headers } = joinHeaders(incoming.rawHeaders)
  const sourceIp = (incoming.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  return {
    requestId,
    receivedAtMs: nowMs,
    method: incoming.method ?? 'GET',
    path,
    rawQuery: question < 0 ? '' : url.slice(question + 1),
    headers: { ...headers, ...forwardedHeaders(headers, sourceIp, incoming.socket.localPort, nowMs) },
    cookies: cookie === undefined ? [] : cookie.split(/; */).filter((one) => one !== ''),
    body,
    sourceIp,
    protocol: `HTTP/${incoming.httpVersion}`,
  }
}

function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path === '' ? '/' : path)
  } catch {
    // decodeURIComponent only throws for invalid encoding; the caller responds with 400.
    return undefined
  }
}

function joinHeaders(rawHeaders: readonly string[]): Record<string, string> {
  const joined = new Map<string, string>()
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase()
    const value = rawHeaders[at + 1]!
    const before = joined.get(name)
    joined.set(name, before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ','}${value}`)
  }
  return Object.fromEntries(joined)
}

function forwardedHeaders(headers: Record<string, string>, sourceIp: string, port: number | undefined, nowMs: number) {
  const before = headers['x-forwarded-for']
  const root = `1-${Math.floor(nowMs / 1000).toString(16)}-${randomBytes(12).toString('hex')}`
  return {
    'content-length': headers['content-length'] ?? '0',
    'x-amzn-trace-id': headers['x-amzn-trace-id'] ?? `Root=${root}`,
    'x-forwarded-for': before === undefined ? sourceIp : `${before}, ${sourceIp}`,
    'x-forwarded-port': String(port),
    'x-forwarded-proto': 'http',
  }
}

function send(outgoing: ServerResponse, response: GatewayResponse, requestId: string): void {
  const bodiless = response.status === 204 || response.status === 304
  outgoing.writeHead(response.status, {
    ...response.headers,
    ...(response.cookies?.length ? { 'set-cookie': [...response.cookies] } : {}),
    ...(bodiless ? {} : { 'content-length': Buffer.byteLength(response.body) }),
    'apigw-requestid': requestId,
  })
  outgoing.end(bodiless || outgoing.req.method === 'HEAD' ? undefined : response.body)
}

function rejectUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const [status, message] =
    error.code === 'HPE_HEADER_OVERFLOW' ? ['431', 'Request Header Fields Too Large'] : ['400', 'Bad Request']
  const body = JSON.stringify({ message })
  socket.end(
    `HTTP/1.1 ${status} ${message}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  )
}
