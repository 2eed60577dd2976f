import { AwsError } from '../wire/aws-error.ts'
import { requireWritable } from './preconditions.ts'
import { readBody } from './request-body.ts'
import { malformedXml } from './s3-error.ts'
import { onObject, refuseHeaders, requireKnownQuery, type S3Operation, type S3Request } from './s3-request.ts'
import { unescapeXml, xmlResponse } from './xml-document.ts'

export const deleteObject: S3Operation = (input, { buckets, store, objects }) => {
  const { request, bucket, key, call } = input
  requireKnownQuery(request, [])
  refuseHeaders(request.headers, ['if-none-match', 'if-unmodified-since', 'x-amz-mfa', /^x-amz-if-match-/])
  authorizeDelete(input)
  buckets.get(bucket)
  requireWritable(request.headers, store.find(bucket, key))
  objects.delete(bucket, key, { reason: 'DeleteObject', requestId: call.requestId })
  return { status: 204 }
}

const authorizeDelete = (input: Pick<S3Request, 'authorize' | 'bucket' | 'key'>) =>
  input.authorize(onObject('DeleteObject', input))

/** Deletes up to 1000 keys; each is authorized separately. */
export const deleteObjects: S3Operation = (input, { buckets, objects }) => {
  requireKnownQuery(input.request, ['delete'])
  buckets.get(input.bucket)
  const text = readBody(input.request).bytes.toString('utf8')
  const entries = [...text.matchAll(/<Object>(.*?)<\/Object>/gs)].map((match) => match[1]!)
  const keys = entries.map((entry) => /<Key>(.*?)<\/Key>/s.exec(entry)?.[1])
  if (keys.length === 0 || keys.length > 1000 || keys.includes(undefined) || /<(VersionId|ETag)>/.test(text)) {
    throw malformedXml()
  }
  const Deleted: { Key: string }[] = []
  const failed: { Key: string; Code: string; Message: string }[] = []
  for (const Key of keys.map((key) => unescapeXml(key!))) {
    try {
      authorizeDelete({ ...input, key: Key })
      objects.delete(input.bucket, Key, { reason: 'DeleteObject', requestId: input.call.requestId })
      Deleted.push({ Key })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      failed.push({ Key, Code: error.name.replace(/Exception$/, ''), Message: error.message })
    }
  }
  const quiet = /<Quiet>\s*true\s*<\/Quiet>/.test(text)
  return xmlResponse('DeleteResult', { Deleted: quiet ? [] : Deleted, Error: failed })
}
