import { gunzipSync } from 'node:zlib'
import { AwsError } from './aws-error.ts'
import { decodeCbor, encodeCbor } from './cbor.ts'
import type { WireRequest, WireResponse } from './service.ts'

/** How the input and output of an operation are written. */
export interface RpcFormat {
  /** @throws AwsError SerializationException */
  read(request: WireRequest): unknown
  answer(status: number, body: unknown, requestId: string): WireResponse
}

/** What an operation may have for input, decompressed. */
const inputLimitBytes = 100 * 1024 * 1024

/** AWS JSON, the operation in a header. */
export const jsonFormat = (version: '1.0' | '1.1'): RpcFormat => ({
  read: (request) => parsed(request, 'JSON', (body) => JSON.parse(body.toString('utf8'))),
  answer: (status, body, requestId) => ({
    status,
    headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amzn-requestid': requestId },
    body: JSON.stringify(body),
  }),
})

/**
 * Smithy's RPC v2 in CBOR, the operation in the path.
 * @param times the members of answers that are times (or lists of them), which CBOR tells from numbers
 */
export const cborFormat = (times: ReadonlySet<string>): RpcFormat => ({
  read: (request) => parsed(request, 'CBOR', decodeCbor),
  answer: (status, body, requestId) => ({
    status,
    headers: {
      'content-type': 'application/cbor',
      'smithy-protocol': 'rpc-v2-cbor',
      'x-amzn-requestid': requestId,
    },
    body: encodeCbor(withTimes(body, times)),
  }),
})

/** `/service/<service>/operation/<operation>` of a request in CBOR, as `<service>.<operation>` */
export function cborTarget({ headers, path }: WireRequest): string | undefined {
  if (headers['smithy-protocol'] !== 'rpc-v2-cbor') return undefined
  const [, service, operation] = /^\/service\/(\w+)\/operation\/(\w+)$/.exec(path) ?? []
  return service === undefined ? undefined : `${service}.${operation}`
}

/** Clients compress what is large, as the metrics of PutMetricData. */
function parsed({ body, headers }: WireRequest, format: string, parse: (body: Buffer) => unknown): unknown {
  if (body.length === 0) return {}
  try {
    return parse(headers['content-encoding'] === 'gzip' ? gunzipSync(body, { maxOutputLength: inputLimitBytes }) : body)
  } catch {
    throw new AwsError('SerializationException', `The request body is not ${format}.`)
  }
}

function withTimes(value: unknown, times: ReadonlySet<string>, isTime = false): unknown {
  if (typeof value === 'number') return isTime ? new Date(value * 1000) : value
  if (Array.isArray(value)) return value.map((item) => withTimes(item, times, isTime))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withTimes(member, times, times.has(name))]),
  )
}
