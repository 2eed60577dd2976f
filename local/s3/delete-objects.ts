import { AwsError } from '../wire/aws-error.ts'
import { requireWritable } from './preconditions.ts'
import { readBody } from './request-body.ts'
import { malformedXml } from './s3-error.ts'
import { onObject, refuseHeaders, requireKnownQuery, type S3Operation, type S3Request } from './s3-request.ts'
import { unescapeXml, xmlAnswer } from './xml-document.ts'

export const deleteObject: S3Operation = (asked, { buckets, store, objects }) => {
  const { request, bucket, key, call } = asked
  requireKnownQuery(request, [])
  refuseHeaders(request.headers, ['if-none-match', 'if-unmodified-since', 'x-amz-mfa', /^x-amz-if-match-/])
  authorizeDelete(asked)
  buckets.get(bucket)
  requireWritable(request.headers, store.find(bucket, key))
  objects.delete(bucket, key, { reason: 'DeleteObject', requestId: call.requestId })
  return { status: 204 }
}

const authorizeDelete = (asked: Pick<S3Request, 'authorize' | 'bucket' | 'key'>) =>
  asked.authorize(onObject('DeleteObject', asked))

/** Deletes up to 1000 keys; each is allowed or denied on its own. */
export const deleteObjects: S3Operation = (asked, { buckets, objects }) => {
  requireKnownQuery(asked.request, ['delete'])
  buckets.get(asked.bucket)
  const text = readBody(asked.request).bytes.toString('utf8')
  const entries = [...text.matchAll(/<Object>(.*?)<\/Object>/gs)].map((match) => match[1]!)
  const keys = entries.map((entry) => /<Key>(.*?)<\/Key>/s.exec(entry)?.[1])
  if (keys.length === 0 || keys.length > 1000 || keys.includes(undefined) || /<(VersionId|ETag)>/.test(text)) {
    throw malformedXml()
  }
  const Deleted: { Key: string }[] = []
  const failed: { Key: string; Code: string; Message: string }[] = []
  for (const Key of keys.map((key) => unescapeXml(key!))) {
    try {
      authorizeDelete({ ...asked, key: Key })
      objects.delete(asked.bucket, Key, { reason: 'DeleteObject', requestId: asked.call.requestId })
      Deleted.push({ Key })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      failed.push({ Key, Code: error.name.replace(/Exception$/, ''), Message: error.message })
    }
  }
  const quiet = /<Quiet>\s*true\s*<\/Quiet>/.test(text)
  return xmlAnswer('DeleteResult', { Deleted: quiet ? [] : Deleted, Error: failed })
}
