import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import type { AccessControl, AccessRequest, Principal } from '../iam/types.ts'
import { AwsError } from './aws-error.ts'
import { checkedInput, jsonInput, jsonResponse } from './json-protocol.ts'
import { corsHeaders, isLoopback, preflightHeaders, requireOwnOrigin } from './web-origin.ts'
import { ec2Error, queryError, xmlError } from './xml.ts'
import type { Call, JsonService, RestService, WireRequest, WireResponse } from './service.ts'

/** Returns the principal that signed a request. @throws AwsError when the signature is not valid */
export type Authenticate = (request: WireRequest) => Principal

/** S3 accepts 5 GB in one PUT; local use does not need that. */
const bodyLimitBytes = 100 * 1024 * 1024

/** The one endpoint of all emulated AWS APIs, bound to 127.0.0.1. */
export class WireServer {
  readonly #json = new Map<string, JsonService>()
  readonly #rest: RestService[] = []
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
    // Without a listener, Node responds without a body.
    this.#server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      const error = new AwsError('ExpectationFailed', 'The header Expect supports only 100-continue.', {
        statusCode: 417,
      })
      const answer = errorFormatOf(wireRequest(request), undefined)(error, randomUUID())
      send({ ...answer, headers: { ...answer.headers, connection: 'close' } }, request, response)
    })
  }

  addJsonService(service: JsonService): void {
    this.#json.set(service.targetPrefix, service)
  }

  addRestService(service: RestService): void {
    this.#rest.push(service)
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
    const rejected = this.#rejected(request)
    if (rejected) return errorFormatOf(request, signedServiceOf(request))(rejected, requestId)
    if (this.#isCorsPreflight(request)) return { status: 200, headers: preflightHeaders }
    const target = request.headers['x-amz-target']
    if (target !== undefined) return this.#handleRpc(target, request, requestId)
    return this.#handleRest(request, requestId)
  }

  /** What no service sees: a foreign host, or a path that cannot be decoded. */
  #rejected({ headers, path }: WireRequest): AwsError | undefined {
    const { host } = headers
    if (host !== undefined && !isLoopback(host))
      return new AwsError('AccessDenied', `The host ${host} is not this machine.`, { statusCode: 403 })
    return isDecodable(path) ? undefined : new AwsError('InvalidURI', "Couldn't parse the specified URI.")
  }

  /** A preflight for the JSON protocol does not tell for which service it is. */
  #isCorsPreflight({ method, path, headers }: WireRequest): boolean {
    const isPreflight = method === 'OPTIONS' && path === '/' && headers['access-control-request-method'] !== undefined
    return isPreflight && [...this.#json.values()].some(({ cors }) => cors)
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
    if (size > bodyLimitBytes) return tooLarge(incoming)
    return this.handle(wireRequest(incoming, Buffer.concat(chunks)))
  }

  /** @param target `<service>.<operation>` */
  async #handleRpc(target: string, request: WireRequest, requestId: string): Promise<WireResponse> {
    const [prefix, name] = splitTarget(target)
    const service = this.#json.get(prefix)
    const respond = (status: number, body: unknown) => {
      const response = jsonResponse(service?.version ?? '1.0', status, body, requestId)
      return service?.cors ? { ...response, headers: { ...response.headers, ...corsHeaders } } : response
    }
    try {
      const operation = service && Object.hasOwn(service.operations, name) ? service.operations[name] : undefined
      if (!operation) throw this.#unknown(`the operation ${name} of ${prefix}`)
      const principal = this.#authenticate(request)
      if (principal.kind === 'anonymous' && !operation.anonymous) {
        throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token')
      }
      requireOwnOrigin(request.headers, principal)
      const input = checkedInput(jsonInput(request), service?.members)
      if (principal.kind === 'role') this.#access.require(principal, withTransport(request, operation.access(input)))
      const output = await operation.handle(input, { principal, requestId })
      return respond(200, output ?? {})
    } catch (error) {
      const known = asAwsError(error, target)
      const body = { __type: known.name, message: known.message, ...known.members }
      return respond(known.statusCode, body)
    }
  }

  async #handleRest(request: WireRequest, requestId: string): Promise<WireResponse> {
    const signedFor = signedServiceOf(request)
    const asError = errorFormatOf(request, signedFor)
    const service = this.#rest.find((candidate) =>
      signedFor === undefined ? candidate.claims(request) : candidate.signingName === signedFor,
    )
    let answer: WireResponse
    try {
      if (!service) throw this.#unknown(`${signedFor ?? 'an unsigned request'}: ${operationOf(request)}`)
      const principal: Principal = service.isOpen?.(request) ? { kind: 'anonymous' } : this.#authenticate(request)
      requireOwnOrigin(request.headers, principal)
      const call: Call = { principal, requestId }
      answer = await service.handle(request, call, (requests) =>
        this.#access.require(principal, withTransport(request, requests)),
      )
    } catch (error) {
      answer = asError(asAwsError(error, `${request.method} ${request.path}`), requestId)
    }
    return service?.finish?.(request, answer, requestId) ?? answer
  }

  #unknown(call: string): AwsError {
    this.#onUnknown(call)
    return new AwsError('UnknownOperationException', `The local AWS endpoint does not emulate ${call}.`)
  }
}

function wireRequest(incoming: IncomingMessage, body = Buffer.alloc(0)): WireRequest {
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

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    // decodeURIComponent only throws for invalid encoding.
    return false
  }
}

function send({ status, headers, body = '' }: WireResponse, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers })
  response.end(request.method === 'HEAD' ? undefined : body)
}

const isDisconnected = (error: unknown) =>
  ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes((error as NodeJS.ErrnoException).code ?? '')

function tooLarge({ headers }: IncomingMessage): WireResponse {
  if (headers['x-amz-target'] !== undefined) return { status: 413, body: 'Request body too large' }
  const message = 'Your proposed upload exceeds the maximum allowed size'
  const members = { MaxSizeAllowed: bodyLimitBytes }
  return xmlError(new AwsError('EntityTooLarge', message, { members }), randomUUID())
}

/** The error response of the REST-JSON services (Lambda, SES v2): the code is in a header, a denial has status 403. */
function restJsonError(error: AwsError, requestId: string): WireResponse {
  return {
    status: error.name === 'AccessDeniedException' ? 403 : error.statusCode,
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId, 'x-amzn-errortype': error.name },
    body: JSON.stringify({ message: error.message, Message: error.message, ...error.members }),
  }
}

/** Clients of S3 and of the Query protocol expect XML, all others JSON. */
function errorFormatOf(request: WireRequest, signedFor: string | undefined) {
  if (signedFor !== 's3' && actionOf(request) !== undefined) return signedFor === 'ec2' ? ec2Error : queryError
  return signedFor === undefined || signedFor === 's3' ? xmlError : restJsonError
}

/**
 * The endpoint represents one that is reached over TLS. A request that a proxy marks as received over plain HTTP is
 * subject to the policies that deny such requests.
 */
function withTransport({ headers }: WireRequest, requests: readonly AccessRequest[]): readonly AccessRequest[] {
  if (headers['x-forwarded-proto'] !== 'http') return requests
  return requests.map((each) => ({ ...each, context: { ...each.context, 'aws:securetransport': ['false'] } }))
}

/** The service in the credential scope of a signed header or a presigned URL. */
function signedServiceOf(request: WireRequest): string | undefined {
  const credential = /Credential=([^,\s]+)/.exec(request.headers['authorization'] ?? '')?.[1]
  return (credential ?? request.query.get('X-Amz-Credential'))?.split('/')[3]
}

const operationOf = (request: WireRequest): string => actionOf(request) ?? `${request.method} ${request.path}`

/** The operation of a request of the Query protocol, which has it in a form field; the other protocols have it in the path. */
function actionOf({ headers, query, body }: WireRequest): string | undefined {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  const form = isForm ? new URLSearchParams(body.toString('utf8')) : query
  return form.get('Action') ?? undefined
}

/** `AmazonSQS.SendMessage` → `['AmazonSQS', 'SendMessage']` */
function splitTarget(target: string): [service: string, operation: string] {
  const dot = target.lastIndexOf('.')
  return [target.slice(0, dot), target.slice(dot + 1)]
}

/** An internal error must not look like an AWS error that clients handle: the response is a 500, and it is logged. */
function asAwsError(error: unknown, call: string): AwsError {
  if (error instanceof AwsError) return error
  console.error(`The local AWS endpoint failed on ${call}:`, error)
  return new AwsError('InternalFailure', 'The local AWS endpoint failed; see its output.', { statusCode: 500 })
}
