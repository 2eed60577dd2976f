import { randomUUID } from 'node:crypto'
import type { AccessControl, AccessRequest, Principal } from '../iam/types.ts'
import { AwsError } from './aws-error.ts'
import { HttpServer } from './http.ts'
import { jsonProtocol, preflights, targetOf } from './json.ts'
import { restProtocol } from './rest.ts'
import type { JsonService, Pages, Protocol, QueryService, RestService, WireRequest, WireResponse } from './service.ts'
import { requireOwnOrigin } from './web-origin.ts'
import { actionOf, queryProtocol, xmlError } from './xml.ts'

/** Returns the principal that signed a request. @throws AwsError when the signature is not valid */
export type Authenticate = (request: WireRequest) => Principal

interface WireOptions {
  readonly access: AccessControl
  readonly authenticate: Authenticate
  /** Receives a readable description of each call to a service or operation that is not emulated. */
  readonly onUnknown?: (call: string) => void
}

/** S3 accepts 5 GB in one PUT; local use does not need that. */
const bodyLimitBytes = 100 * 1024 * 1024

/** The one endpoint of all emulated AWS APIs, bound to 127.0.0.1. */
export class WireServer {
  /** By the prefix of the header `x-amz-target`, or by the service name of the signature. */
  readonly #protocols = new Map<string, Protocol>()
  readonly #pages: Pages[] = []
  readonly #options: WireOptions
  readonly #http = new HttpServer({ name: 'The local AWS endpoint', bodyLimitBytes, refuse }, (request) =>
    this.handle(request),
  )

  constructor(options: WireOptions) {
    this.#options = options
  }

  addJsonService(service: JsonService): void {
    this.#protocols.set(service.targetPrefix, jsonProtocol(service))
    if (service.cors) this.addPages(preflights)
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
  listen(port: number): Promise<string> {
    return this.#http.listen(port)
  }

  get endpoint(): string {
    return this.#http.url
  }

  close(): Promise<void> {
    return this.#http.close()
  }

  /** Handles a request that is already parsed; tests use it without a port. */
  async handle(request: WireRequest): Promise<WireResponse> {
    const name = serviceNameOf(request)
    const pages = name === undefined ? this.#pages.find(({ claims }) => claims(request)) : undefined
    if (pages) return showPage(pages, request)
    const protocols = [...this.#protocols.values()]
    const protocol = name === undefined ? protocols.find(({ claims }) => claims?.(request)) : this.#protocols.get(name)
    return this.#call(protocol ?? formatOf(request), request)
  }

  /** Handles a request that another emulated service sends to the service with this signing name, as that principal. */
  handleAs(principal: Principal, signingName: string, request: WireRequest): Promise<WireResponse> {
    return this.#call(this.#protocols.get(signingName)!, request, principal)
  }

  async #call(protocol: Protocol, request: WireRequest, sender?: Principal): Promise<WireResponse> {
    const requestId = randomUUID()
    let response: WireResponse
    try {
      response = await this.#run(protocol, request, requestId, sender)
    } catch (error) {
      response = protocol.fail(asAwsError(error, request), requestId)
    }
    response = { ...response, headers: { 'x-amzn-requestid': requestId, ...response.headers } }
    return protocol.finish?.(request, response, requestId) ?? response
  }

  async #run(protocol: Protocol, request: WireRequest, requestId: string, sender?: Principal): Promise<WireResponse> {
    const { access, authenticate, onUnknown } = this.#options
    const found = protocol.find(request)
    if (!found) {
      const call = describe(request)
      onUnknown?.(call)
      throw new AwsError('UnknownOperationException', `The local AWS endpoint does not emulate ${call}.`)
    }
    const { operation } = found
    const input = await found.input()
    const principal = sender ?? operation.authenticate?.(input) ?? authenticate(request)
    if (principal.kind === 'anonymous' && !operation.anonymous)
      throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token')
    requireOwnOrigin(request.headers, principal)
    if (principal.kind !== 'administrator') access.require(principal, withTransport(request, operation.access(input)))
    return found.respond(await operation.handle(input, { principal, requestId }), requestId)
  }
}

function refuse(statusCode: number, message: string, request: WireRequest): WireResponse {
  const tooLarge = 'Your proposed upload exceeds the maximum allowed size'
  const error =
    statusCode === 413
      ? new AwsError('EntityTooLarge', tooLarge, { members: { MaxSizeAllowed: bodyLimitBytes } })
      : new AwsError(statusCode === 403 ? 'AccessDenied' : 'InternalFailure', message, { statusCode })
  return formatOf(request).fail(error, randomUUID())
}

async function showPage(pages: Pages, request: WireRequest): Promise<WireResponse> {
  try {
    return await pages.handle(request)
  } catch (error) {
    return xmlError(asAwsError(error, request), randomUUID())
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
function asAwsError(error: unknown, request: WireRequest): AwsError {
  if (error instanceof AwsError) return error
  if (error instanceof URIError) return new AwsError('InvalidURI', "Couldn't parse the specified URI.")
  console.error(`The local AWS endpoint failed on ${describe(request)}:`, error)
  return new AwsError('InternalFailure', 'The local AWS endpoint failed; see its output.', { statusCode: 500 })
}
