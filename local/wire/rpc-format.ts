import { gunzipSync } from 'node:zlib'
import { AwsError } from './aws-error.ts'
import { decodeCbor, encodeCbor } from './cbor.ts'
import type { JsonService, MemberType, WireRequest, WireResponse } from './service.ts'

/** Serialization of an operation's input and output. */
export interface RpcFormat {
  /** @throws AwsError SerializationException */
  read(request: WireRequest): object
  respond(status: number, body: unknown, requestId: string): WireResponse
}

/** The largest input of an operation, decompressed. */
const inputLimitBytes = 100 * 1024 * 1024

/** AWS JSON, with the operation in a header. */
export const jsonFormat = (version: '1.0' | '1.1'): RpcFormat => ({
  read: (request) => parse(request, 'JSON', (body) => JSON.parse(body.toString('utf8'))),
  respond: (status, body, requestId) => ({
    status,
    headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amzn-requestid': requestId },
    body: JSON.stringify(body),
  }),
})

/**
 * Smithy RPC v2 CBOR, with the operation in the path.
 * @param times names of the response members that are times (or lists of them), which CBOR encodes unlike numbers
 */
export const cborFormat = (times: ReadonlySet<string>): RpcFormat => ({
  read: (request) => parse(request, 'CBOR', decodeCbor),
  respond: (status, body, requestId) => ({
    status,
    headers: {
      'content-type': 'application/cbor',
      'smithy-protocol': 'rpc-v2-cbor',
      'x-amzn-requestid': requestId,
    },
    body: encodeCbor(withTimes(body, times)),
  }),
})

/** Converts the path `/service/<service>/operation/<operation>` of a CBOR request to `<service>.<operation>`. */
export function cborTarget({ headers, path }: WireRequest): string | undefined {
  if (headers['smithy-protocol'] !== 'rpc-v2-cbor') return undefined
  const [, service, operation] = /^\/service\/(\w+)\/operation\/(\w+)$/.exec(path) ?? []
  return service === undefined ? undefined : `${service}.${operation}`
}

const isStructure = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Clients compress large input, such as the metrics of PutMetricData. */
function parse({ body, headers }: WireRequest, format: string, decode: (body: Buffer) => unknown): object {
  if (body.length === 0) return {}
  try {
    const input = decode(
      headers['content-encoding'] === 'gzip' ? gunzipSync(body, { maxOutputLength: inputLimitBytes }) : body,
    )
    if (isStructure(input)) return input
  } catch {
    // Rejected below, like a body that is not an object.
  }
  throw new AwsError('SerializationException', `The request body is not an object in ${format}.`)
}

const isType: Readonly<Record<MemberType, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  strings: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  structures: (value) => Array.isArray(value) && value.every(isStructure),
}

/** @throws AwsError SerializationException */
export function checkedInput(input: object, members: JsonService['members']): object {
  if (!members) return input
  const given = Object.entries(input).filter(([, value]) => value !== null)
  const wrong = given.find(([name, value]) => Object.hasOwn(members, name) && !isType[members[name]!](value))
  if (wrong) throw new AwsError('SerializationException', `The member ${wrong[0]} has another type.`)
  return Object.fromEntries(given)
}

function withTimes(value: unknown, times: ReadonlySet<string>, isTime = false): unknown {
  if (typeof value === 'number') return isTime ? new Date(value * 1000) : value
  if (Array.isArray(value)) return value.map((item) => withTimes(item, times, isTime))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withTimes(member, times, times.has(name))]),
  )
}
