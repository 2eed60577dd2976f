import type { Readable } from 'node:stream'
import type { AccessRequest, Principal } from '../iam/types.ts'

/** What an operation learns of the call besides its input. */
export interface Call {
  readonly principal: Principal
  readonly requestId: string
}

/** One operation of an AWS API. One file an operation (or a handful that belong together). */
export interface Operation<Input = any, Output = unknown> {
  /** What IAM must allow before `handle` runs; asked for role principals only. Malformed input must not throw here: return the requests that can be told. */
  access(input: Input): AccessRequest[]
  /** @throws AwsError */
  handle(input: Input, call: Call): Output | Promise<Output>
  /** True for operations that AWS accepts without a signature. */
  readonly anonymous?: boolean
}

/** A service that speaks AWS JSON (1.0 or 1.1): the operation stands in `x-amz-target: <targetPrefix>.<operation>`. */
export interface JsonService {
  readonly targetPrefix: string
  readonly version: '1.0' | '1.1'
  /** Members of answers that are times: a service that names them speaks CBOR as well. */
  readonly times?: ReadonlySet<string>
  readonly operations: Readonly<Record<string, Operation>>
}

export interface WireRequest {
  readonly method: string
  /** Still percent-encoded, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface WireResponse {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** A stream's length stands in the header `content-length`. */
  readonly body?: string | Buffer | Readable
}

/** A service that speaks HTTP with paths (S3, SES v2, Lambda), or a plain page such as the mailbox. */
export interface RestService {
  /** The service name in the credential scope of a signed request (`s3`, `ses`, `lambda`), or undefined for plain pages. */
  readonly signingName?: string
  /** Whether an unsigned request is for this service. */
  claims(request: WireRequest): boolean
  /** Whether the request comes from nobody even where a signature stands in it (a preflight of CORS). */
  isOpen?(request: WireRequest): boolean
  /** What every answer gets, refusals and wrong signatures too: the headers of CORS, the id of the request. */
  finish?(request: WireRequest, answer: WireResponse, requestId: string): WireResponse
  /** Access control inside: `authorize` throws unless the principal may do all that is asked. */
  handle(
    request: WireRequest,
    call: Call,
    authorize: (requests: readonly AccessRequest[]) => void,
  ): WireResponse | Promise<WireResponse>
}
