import type { AccessRequest, Principal } from '../iam/types.ts'
import { AwsError } from './aws-error.ts'

/** The context of a call, besides its input. */
interface Call {
  readonly principal: Principal
  readonly requestId: string
}

/** One operation of an AWS API, in every protocol: the endpoint finds it, authorizes it and writes its output. */
export interface Operation<Input = any, Output = unknown> {
  /**
   * The access that IAM must allow before `handle` runs; not evaluated for the administrator.
   * @throws AwsError for input that names nothing to authorize
   */
  access(input: Input): readonly AccessRequest[]
  /** @throws AwsError */
  handle(input: Input, call: Call): Output | Promise<Output>
  /** True for operations that AWS accepts without a signature; `access` then also applies to anonymous callers. */
  readonly anonymous?: boolean
  /** Returns the caller instead of the signature in the header or the URL, which is then not verified. @throws AwsError */
  authenticate?(input: Input): Principal
}

/** @throws AwsError that names a parameter which an operation does not emulate and would otherwise ignore */
export function requireParameters(input: object, known: readonly string[]): void {
  const unknown = Object.entries(input).find(([name, value]) => value !== undefined && !known.includes(name))
  if (unknown) throw new AwsError('ValidationError', `Not emulated: the parameter ${unknown[0]}.`)
}

/** One page of a listing; the token is the index at which the next page starts. @throws AwsError InvalidNextToken */
export function paged<T>(all: readonly T[], token = '0', size: number): { page: readonly T[]; NextToken?: string } {
  const from = Number(token)
  if (!Number.isInteger(from) || from < 0) throw new AwsError('InvalidNextToken', 'The next token is not valid.')
  const to = from + size
  return { page: all.slice(from, to), ...(to < all.length && { NextToken: String(to) }) }
}

type Operations = Readonly<Record<string, Operation>>

export type MemberType = 'string' | 'strings' | 'structures'

/** A service with the AWS JSON protocol (1.0 or 1.1): the operation is in `x-amz-target: <targetPrefix>.<operation>`. */
export interface JsonService {
  readonly targetPrefix: string
  readonly version: '1.0' | '1.1'
  readonly operations: Operations
  /**
   * The types of the members of its inputs, which have one type in every operation. A member of another type is rejected, and
   * null is an absent member. Operations check members that are not listed.
   */
  readonly members?: Readonly<Record<string, MemberType>>
  /** Whether web pages of every origin may call it. */
  readonly cors?: true
}

/** A service with the Query protocol: the operation is in the form field `Action`; its input and output have flat text members. */
export interface QueryService {
  /** The service name in the credential scope of a signature (`sns`). */
  readonly signingName: string
  readonly namespace: string
  readonly operations: Operations
}

/**
 * A service with a REST protocol. An output that is a {@link WireResponse} is sent as it is; any other is sent as JSON with
 * status 200.
 */
export interface RestService {
  readonly signingName: string
  /** By method and path as in AWS's service models: `POST /v2/email/outbound-emails`, `GET /{Bucket}/{Key+}`, `POST /{Bucket}?delete`. */
  readonly operations: Operations
  /** The format of errors. */
  readonly errors: 'json' | 'xml'
  /** @default the members of the body, which is JSON, and the parameters of the path and of the query */
  input?(request: WireRequest, path: Readonly<Record<string, string>>): object | Promise<object>
  /** Whether an unsigned request is for this service. @default none is */
  claims?(request: WireRequest): boolean
  /** Completes every response, errors included. */
  finish?(request: WireRequest, response: WireResponse, requestId: string): WireResponse
}

/** Pages for a browser and public documents, which are no AWS operations and have no signature. */
export interface Pages {
  claims(request: WireRequest): boolean
  handle(request: WireRequest): WireResponse | Promise<WireResponse>
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
  /** Names in lower case, without `set-cookie`. */
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: readonly string[]
  readonly body?: string | Buffer
}

/** How one service finds the operation of a request and writes its responses. */
export interface Protocol extends Pick<RestService, 'claims' | 'finish'> {
  find(request: WireRequest): FoundOperation | undefined
  fail(error: AwsError, requestId: string): WireResponse
}

interface FoundOperation {
  readonly operation: Operation
  /** @throws AwsError when the request is malformed */
  input(): object | Promise<object>
  respond(output: unknown, requestId: string): WireResponse
}

/** Undefined for names that every object has, such as `constructor`. */
export const operationOf = (operations: Operations, name: string): Operation | undefined =>
  Object.hasOwn(operations, name) ? operations[name] : undefined
