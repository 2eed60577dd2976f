import { createHash } from 'node:crypto'
import { AwsError } from '../wire/aws-error.ts'
import { wholeOf } from './blob-files.ts'
import { checksumElement, checksumElements, checksumOf, startDigest, type Checksum } from './checksums.ts'
import { requireWritable } from './preconditions.ts'
import { sentChecksum } from './request-body.ts'
import { badDigest, invalidRequest, malformedXml } from './s3-error.ts'
import { authorizeWrite, requireKnownQuery, type S3Context, type S3Operation } from './s3-request.ts'
import type { Part, Upload } from './upload-store.ts'
import { unescapeXml, xmlResponse } from './xml-document.ts'

const smallestPartBytes = 5 * 1024 * 1024

/** Joins the listed parts to the object; parts that are not listed are deleted. */
export const completeMultipartUpload: S3Operation = (input, context) => {
  const { request, bucket, key, call } = input
  const { uploads, store, objects } = context
  requireKnownQuery(request, ['uploadId'])
  authorizeWrite(input)
  const upload = uploads.get(bucket, key, request.query.get('uploadId')!)
  const parts = selectParts(request.body.toString('utf8'), upload, uploads.parts(upload))
  requireSize(request.headers['x-amz-mp-object-size'], parts)
  requireWritable(request.headers, store.find(bucket, key))
  const { file, size, checksum } = joinParts(upload, parts, context)
  const cause = { reason: 'CompleteMultipartUpload', requestId: call.requestId } as const
  const sent = sentChecksum(request.headers)
  if (sent && (sent.algorithm !== checksum.algorithm || sent.value !== checksum.value)) {
    context.files.remove(file)
    throw badDigest(sent.algorithm.toUpperCase())
  }
  const written = { bucket, key, file, size, etag: etagOf(parts), headers: upload.headers, checksum }
  const { etag } = objects.put(written, cause, () => uploads.delete(upload))
  return xmlResponse('CompleteMultipartUploadResult', {
    Location: `http://${request.headers['host']}/${[bucket, ...key.split('/')].map(encodeURIComponent).join('/')}`,
    Bucket: bucket,
    Key: key,
    ETag: `"${etag}"`,
    ...checksumElements(checksum),
    ChecksumType: checksum.type,
  })
}

/** @throws AwsError MalformedXML, InvalidPart, InvalidPartOrder, EntityTooSmall */
function selectParts(document: string, upload: Upload, uploaded: readonly Part[]): Part[] {
  const entries = [...document.matchAll(/<Part>(.*?)<\/Part>/gs)].map((match) => match[1]!)
  if (entries.length === 0 || entries.length > 10_000) throw malformedXml()
  const parts = entries.map((entry) => selectPart(entry, upload, uploaded))
  for (const [index, part] of parts.entries()) {
    const next = parts[index + 1]
    if (next && next.number <= part.number) throw invalidPartOrder()
    if (next && part.size < smallestPartBytes) throw tooSmall(part)
  }
  return parts
}

function selectPart(entry: string, { checksum }: Upload, uploaded: readonly Part[]): Part {
  const element = (name: string) => {
    const found = new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(entry)?.[1]
    return found === undefined ? undefined : unescapeXml(found).trim().replaceAll('"', '')
  }
  const number = element('PartNumber')
  const etag = element('ETag')
  if (number === undefined || etag === undefined) throw malformedXml()
  const part = uploaded.find((candidate) => candidate.number === Number(number))
  const sum = element(checksumElement(part?.checksum.algorithm ?? ''))
  if (part?.md5 !== etag || (sum !== undefined && sum !== part.checksum.value)) throw invalidPart(number, etag)
  if (checksum?.type === 'COMPOSITE' && sum === undefined) {
    throw invalidRequest(
      `The upload was created using a ${checksum.algorithm} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
    )
  }
  return part
}

function requireSize(declared: string | undefined, parts: readonly Part[]): void {
  const size = parts.reduce((sum, part) => sum + part.size, 0)
  if (declared !== undefined && Number(declared) !== size) {
    throw invalidRequest('The provided x-amz-mp-object-size header value does not match what was computed.')
  }
}

/** The file of all parts and its checksum: of the algorithm that the client chose, by default CRC32. */
function joinParts({ checksum }: Upload, parts: readonly Part[], { files }: S3Context) {
  const algorithm = checksum?.algorithm ?? 'crc32'
  const digest = checksum?.type === 'COMPOSITE' ? undefined : startDigest(algorithm)!
  const pieces = parts.map((part) => ({ file: part.file, range: wholeOf(part) }))
  const blob = files.join(pieces, (bytes) => digest?.update(bytes))
  const sum: Checksum = digest
    ? { algorithm, value: digest.value(), type: 'FULL_OBJECT' }
    : { algorithm, value: compositeSum(algorithm, parts), type: 'COMPOSITE' }
  return { ...blob, checksum: sum }
}

const compositeSum = (algorithm: string, parts: readonly Part[]) =>
  `${checksumOf(algorithm, ...parts.map((part) => Buffer.from(part.checksum.value, 'base64')))}-${parts.length}`

function etagOf(parts: readonly Part[]): string {
  const sums = createHash('md5')
  for (const { md5 } of parts) sums.update(md5, 'hex')
  return `${sums.digest('hex')}-${parts.length}`
}

const invalidPart = (PartNumber: string, ETag: string) =>
  new AwsError(
    'InvalidPart',
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { members: { PartNumber, ETag } },
  )

const invalidPartOrder = () =>
  new AwsError(
    'InvalidPartOrder',
    'The list of parts was not in ascending order. Parts must be ordered by part number.',
  )

const tooSmall = ({ number, size, md5 }: Part) =>
  new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
    members: { ProposedSize: size, MinSizeAllowed: smallestPartBytes, PartNumber: number, ETag: md5 },
  })
