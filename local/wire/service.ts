import type { AccessRequest, Principal } from '../iam/types.ts'
import { AwsError } from './aws-error.ts'

/** The context of a call, besides its input. */
export interface Call {
  readonly principal: Principal
  readonly requestId: string
}

/** One operation of an AWS API. */
export interface Operation<Input = any, Output = unknown> {
  /** The access that IAM must allow before `handle` runs; evaluated for role principals only. Must not throw on malformed input. */
  access(input: Input): AccessRequest[]
  /** @throws AwsError */
  handle(input: Input, call: Call): Output | Promise<Output>
  /** True for operations that AWS accepts without a signature. */
  readonly anonymous?: boolean
}

/** @throws AwsError that names a parameter which an operation does not emulate and would otherwise ignore */
export function requireParameters(input: object, known: readonly string[]): void {
  const unknown = Object.entries(input).find(([name, value]) => value !== undefined && !known.includes(name))
  if (unknown) throw new AwsError('ValidationError', `Not emulated: the parameter ${unknown[0]}.`)
}

export type MemberType = 'string' | 'strings' | 'structures'

/** A service with the AWS JSON protocol (1.0 or 1.1): the operation is in `x-amz-target: <targetPrefix>.<operation>`. */
export interface JsonService {
  readonly targetPrefix: string
  readonly version: '1.0' | '1.1'
  readonly operations: Readonly<Record<string, Operation>>
  /**
   * The types of the members of its inputs, which have one type in every operation. A member of another type is rejected, and
   * null is an absent member. Operations check members that are not listed.
   */
  readonly members?: Readonly<Record<string, MemberType>>
  /** Whether web pages of every origin may call it. */
  readonly cors?: true
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
  readonly body?: string | Buffer
}

/** A service with a REST protocol (S3, SES v2, Lambda), or a plain page such as the mailbox. */
export interface RestService {
  /** The service name in the credential scope of a signed request (`s3`, `ses`, `lambda`), or undefined for plain pages. */
  readonly signingName?: string
  /** Whether an unsigned request is for this service. */
  claims(request: WireRequest): boolean
  /** Whether the request is anonymous even if it has a signature (a CORS preflight). */
  isOpen?(request: WireRequest): boolean
  /** Completes every response, errors included, with headers such as those of CORS and the request id. */
  finish?(request: WireRequest, answer: WireResponse, requestId: string): WireResponse
  /** Calls `authorize` itself, which throws unless the principal is allowed all the requests. */
  handle(
    request: WireRequest,
    call: Call,
    authorize: (requests: readonly AccessRequest[]) => void,
  ): WireResponse | Promise<WireResponse>
}
