import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import type { AccessControl, AccessRequest, Principal } from '../iam/types.ts'
import { AwsError } from './aws-error.ts'
import { jsonProtocol, targetOf } from './json.ts'
import { actionOf, queryProtocol } from './query.ts'
import { restProtocol } from './rest.ts'
import type { JsonService, Pages, Protocol, QueryService, RestService, WireRequest, WireResponse } from './service.ts'
import { isLoopback, requireOwnOrigin } from './web-origin.ts'
import { xmlError } from './xml.ts'

/** Returns the principal that signed a request. @throws AwsError when the signature is not valid */
export type Authenticate = (request: WireRequest) => Principal

/** S3 accepts 5 GB in one PUT; local use does not need that. */
const bodyLimitBytes = 100 * 1024 * 1024

/** The one endpoint of all emulated AWS APIs, bound to 127.0.0.1. */
export class WireServer {
  /** By the prefix of the header `x-amz-target`, or by the service name of the signature. */
  readonly #protocols = new Map<string, Protocol>()
  readonly #pages: Pages[] = []
  readonly #server: Server
  readonly #access: AccessControl
  readonly #authenticate: Authenticate
  readonly #onUnknown: (call: string) => void
  #port = 0

  /** @param options.onUnknown receives a readable description of each call to a service or operation that is not emulated */
  constructor(options: { access: AccessControl; authenticate: Authenticate; onUnknown?: (call: string) => void }) {
    this.#access = options.access
    this.#authenticate = options.authenticate
    this.#onUnknown = options.onUnknown ?? (() => {})
    this.#server = createServer((request, response) => {
      this.#answer(request)
        .then((answer) => send(answer, request, response))
        .catch((error: unknown) => {
          if (!isDisconnected(error)) console.error('The local AWS endpoint could not respond:', error)
          response.destroy()
        })
    })
    this.#server.keepAliveTimeout = 60_000
  }

  addJsonService(service: JsonService): void {
    this.#protocols.set(service.targetPrefix, jsonProtocol(service))
  }

  addQueryService(service: QueryService): void {
    this.#protocols.set(service.signingName, queryProtocol(service))
  }

  addRestService(service: RestService): void {
    this.#protocols.set(service.signingName, restProtocol(service))
  }

  addPages(pages: Pages): void {
    this.#pages.push(pages)
  }

  /** @param port 0 picks a free one. @returns the endpoint, `http://127.0.0.1:<port>` */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', resolve)
    })
    this.#port = (this.#server.address() as AddressInfo).port
    return this.endpoint
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  /** Handles a request that is already parsed; tests use it without a port. */
  async handle(request: WireRequest): Promise<WireResponse> {
    const requestId = randomUUID()
    const rejected = rejectedBeforeDispatch(request)
    if (rejected) return formatOf(request).fail(rejected, requestId)
    const name = serviceNameOf(request)
    if (name !== undefined) return this.#call(this.#protocols.get(name) ?? formatOf(request), request, requestId)
    const pages = this.#pages.find(({ claims }) => claims(request))
    if (pages) return showPage(pages, request, requestId)
    const protocol = [...this.#protocols.values()].find(({ claims }) => claims?.(request))
    return this.#call(protocol ?? formatOf(request), request, requestId)
  }

  /** Handles a request that another emulated service sends to the service with this signing name, as that principal. */
  handleAs(principal: Principal, signingName: string, request: WireRequest): Promise<WireResponse> {
    return this.#call(this.#protocols.get(signingName)!, request, randomUUID(), principal)
  }

  async #answer(incoming: IncomingMessage): Promise<WireResponse> {
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      size += chunk.length
      // An oversized body is read to its end, since a client reads no response while it sends.
      if (size <= bodyLimitBytes) chunks.push(chunk)
      else chunks.length = 0
    }
    const request = wireRequest(incoming, Buffer.concat(chunks))
    return size > bodyLimitBytes ? formatOf(request).fail(tooLarge(), randomUUID()) : this.handle(request)
  }

  async #call(
    protocol: Protocol,
    request: WireRequest,
    requestId: string,
    principal?: Principal,
  ): Promise<WireResponse> {
    let response: WireResponse
    try {
      response = await this.#run(protocol, request, requestId, principal)
    } catch (error) {
      response = protocol.fail(asAwsError(error, describe(request)), requestId)
    }
    return protocol.finish?.(request, response, requestId) ?? response
  }

  async #run(protocol: Protocol, request: WireRequest, requestId: string, sender?: Principal): Promise<WireResponse> {
    const found = protocol.find(request)
    if (!found) throw this.#unknown(describe(request))
    const { operation } = found
    const principal = sender ?? (operation.authenticate ?? this.#authenticate)(request)
    if (principal.kind === 'anonymous' && !operation.anonymous) {
      throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token')
    }
    requireOwnOrigin(request.headers, principal)
    const input = found.input()
    if (principal.kind !== 'administrator') {
      this.#access.require(principal, withTransport(request, operation.access(input)))
    }
    return found.respond(await operation.handle(input, { principal, requestId }), requestId)
  }

  #unknown(call: string): AwsError {
    this.#onUnknown(call)
    return new AwsError('UnknownOperationException', `The local AWS endpoint does not emulate ${call}.`)
  }
}

function wireRequest(incoming: IncomingMessage, body: Buffer): WireRequest {
  const url = incoming.url ?? '/'
  const queryStart = url.indexOf('?')
  return {
    method: incoming.method ?? 'GET',
    path: queryStart < 0 ? url : url.slice(0, queryStart),
    query: new URLSearchParams(queryStart < 0 ? '' : url.slice(queryStart + 1)),
    // Without a prototype: a signature may cover a header named like a member of Object.
    headers: Object.assign(Object.create(null) as Record<string, string>, incoming.headers),
    body,
  }
}

function send({ status, headers, body = '' }: WireResponse, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers })
  response.end(request.method === 'HEAD' ? undefined : body)
}

const isDisconnected = (error: unknown) =>
  ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes((error as NodeJS.ErrnoException).code ?? '')

const tooLarge = () =>
  new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
    members: { MaxSizeAllowed: bodyLimitBytes },
  })

/** What no service sees: a foreign host, or a path that cannot be decoded. */
function rejectedBeforeDispatch({ headers, path }: WireRequest): AwsError | undefined {
  const { host } = headers
  if (host !== undefined && !isLoopback(host))
    return new AwsError('AccessDenied', `The host ${host} is not this machine.`, { statusCode: 403 })
  try {
    decodeURIComponent(path)
    return undefined
  } catch {
    // decodeURIComponent only throws for invalid encoding.
    return new AwsError('InvalidURI', "Couldn't parse the specified URI.")
  }
}

async function showPage(pages: Pages, request: WireRequest, requestId: string): Promise<WireResponse> {
  try {
    return await pages.handle(request)
  } catch (error) {
    return xmlError(asAwsError(error, describe(request)), requestId)
  }
}

const noOperations = { operations: {} }
const formats = {
  json: jsonProtocol({ ...noOperations, version: '1.0' }),
  query: queryProtocol({ ...noOperations, namespace: '' }),
  restXml: restProtocol({ ...noOperations, errors: 'xml' }),
  restJson: restProtocol({ ...noOperations, errors: 'json' }),
}

/** The protocol that the client of a service that is not emulated presumably expects. */
function formatOf(request: WireRequest): Protocol {
  if (targetOf(request)) return formats.json
  const name = serviceNameOf(request)
  if (name === undefined || name === 's3') return formats.restXml
  return actionOf(request) === undefined ? formats.restJson : formats.query
}

/** The target of the JSON protocol, or the service in the credential scope of a signed header or a presigned URL. */
function serviceNameOf(request: WireRequest): string | undefined {
  const target = targetOf(request)
  if (target) return target.prefix
  const credential = /Credential=([^,\s]+)/.exec(request.headers['authorization'] ?? '')?.[1]
  return (credential ?? request.query.get('X-Amz-Credential'))?.split('/')[3]
}

/** The call for people: `the operation Scan of DynamoDB_20120810`, `sns: Publish`, `lambda: GET /2015-03-31/functions`. */
function describe(request: WireRequest): string {
  const target = targetOf(request)
  if (target) return `the operation ${target.operation} of ${target.prefix}`
  const operation = actionOf(request) ?? `${request.method} ${request.path}`
  return `${serviceNameOf(request) ?? 'an unsigned request'}: ${operation}`
}

/**
 * The endpoint represents one that is reached over TLS. A request that a proxy marks as received over plain HTTP is
 * subject to the policies that deny such requests.
 */
export function withTransport({ headers }: WireRequest, requests: readonly AccessRequest[]): readonly AccessRequest[] {
  if (headers['x-forwarded-proto'] !== 'http') return requests
  return requests.map((each) => ({ ...each, context: { ...each.context, 'aws:securetransport': ['false'] } }))
}

/** An internal error must not look like an AWS error that clients handle: the response is a 500, and it is logged. */
function asAwsError(error: unknown, call: string): AwsError {
  if (error instanceof AwsError) return error
  console.error(`The local AWS endpoint failed on ${call}:`, error)
  return new AwsError('InternalFailure', 'The local AWS endpoint failed; see its output.', { statusCode: 500 })
}
