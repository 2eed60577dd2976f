import { createHash } from 'node:crypto'
import { AwsError } from '../wire/aws-error.ts'
import type { WireRequest } from '../wire/service.ts'
import { checksumOf, isAlgorithm, type Checksum } from './checksums.ts'
import { badDigest, invalidRequest, notImplemented } from './s3-error.ts'

type Headers = Readonly<Record<string, string>>

/**
 * The bytes of the body: decoded from their chunks, and verified by the client's checksum. Without one, a checksum is
 * computed, since the SDK requests one with every read.
 * @throws AwsError BadDigest, IncompleteBody, InvalidRequest, MissingContentLength, NotImplemented
 */
export function readBody(request: WireRequest): { bytes: Buffer; checksum: Checksum } {
  requireLength(request.headers)
  const { bytes, trailers } = isChunked(request.headers) ? decodeChunks(request) : { bytes: request.body, trailers: {} }
  return { bytes, checksum: verifiedChecksum(bytes, { ...request.headers, ...trailers }) }
}

/** S3 does not read a body in chunks of HTTP; those of the SDK (aws-chunked) come with the length of their content. */
function requireLength(headers: Headers): void {
  if (headers['content-length'] !== undefined || headers['x-amz-decoded-content-length'] !== undefined) return
  if (headers['transfer-encoding'] !== undefined) {
    const members = { Header: 'Transfer-Encoding' }
    const message = 'A header you provided implies functionality that is not implemented'
    throw new AwsError('NotImplemented', message, { statusCode: 501, members })
  }
  const message = 'You must provide the Content-Length HTTP header.'
  throw new AwsError('MissingContentLength', message, { statusCode: 411 })
}

/** @throws AwsError BadDigest, InvalidRequest */
export function verifiedChecksum(bytes: Buffer, headers: Headers): Checksum {
  const md5 = headers['content-md5']
  if (md5 !== undefined && md5 !== createHash('md5').update(bytes).digest('base64')) throw badDigest('Content-MD5')
  const sent = sentChecksum(headers)
  if (!sent) return { algorithm: 'crc32', value: checksumOf('crc32', bytes) }
  if (checksumOf(sent.algorithm, bytes) !== sent.value) throw badDigest(sent.algorithm.toUpperCase())
  return sent
}

const isChunked = (headers: Headers) =>
  headers['x-amz-content-sha256']?.startsWith('STREAMING-') === true ||
  headers['content-encoding']?.split(',').some((encoding) => encoding.trim() === 'aws-chunked') === true

/** The checksum in the client's headers. @throws AwsError NotImplemented when its algorithm is not supported */
function sentChecksum(headers: Headers): Checksum | undefined {
  const header = Object.keys(headers).find((name) => /^x-amz-checksum-(?!mode$|type$|algorithm$)/.test(name))
  if (header === undefined) return undefined
  const algorithm = header.slice('x-amz-checksum-'.length)
  if (!isAlgorithm(algorithm)) throw notImplemented(`The checksum algorithm ${algorithm.toUpperCase()}`)
  return { algorithm, value: headers[header]! }
}

/** `<size in hex>[;chunk-signature=…]\r\n<bytes>\r\n`, the last of size 0, then the trailers and an empty line. */
function decodeChunks(request: WireRequest): { bytes: Buffer; trailers: Headers } {
  const chunks: Buffer[] = []
  let position = 0
  for (;;) {
    const lineEnd = request.body.indexOf('\r\n', position)
    const size = /^([0-9a-fA-F]+)(;|$)/.exec(request.body.toString('latin1', position, lineEnd))?.[1]
    if (lineEnd < 0 || size === undefined) throw incompleteBody()
    position = lineEnd + 2
    const bytes = Number.parseInt(size, 16)
    if (bytes === 0) break
    if (request.body.toString('latin1', position + bytes, position + bytes + 2) !== '\r\n') throw incompleteBody()
    chunks.push(request.body.subarray(position, position + bytes))
    position += bytes + 2
  }
  const bytes = Buffer.concat(chunks)
  const expected = request.headers['x-amz-decoded-content-length']
  if (expected === undefined || Number(expected) !== bytes.length) throw incompleteBody()
  return { bytes, trailers: parseTrailers(request, request.body.toString('latin1', position)) }
}

function parseTrailers(request: WireRequest, text: string): Headers {
  const lines = text.split('\r\n').filter((line) => line !== '')
  const trailers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  const missing = (request.headers['x-amz-trailer'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .find((name) => name !== '' && !Object.hasOwn(trailers, name))
  if (missing !== undefined) throw invalidRequest(`The trailer ${missing} was announced and not sent.`)
  return trailers
}

const incompleteBody = () =>
  new AwsError('IncompleteBody', 'The request body terminated unexpectedly or its chunks are malformed.')
