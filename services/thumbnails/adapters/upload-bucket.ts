import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { incomingKey } from '../domain/media-key.ts'
import { formLifetimeSeconds, maxUploadBytes } from '../domain/upload.ts'
import type { Originals, UploadForms } from '../ports.ts'

/** Forms are signed with the function's own credentials: its role needs the permissions that they grant. */
export const presignedForms = (client: S3Client, bucket: string): UploadForms => ({
  async sign({ uploadId, contentType }) {
    const { url, fields } = await createPresignedPost(client, {
      Bucket: bucket,
      Key: incomingKey(uploadId),
      Fields: { 'Content-Type': contentType },
      Conditions: [
        ['eq', '$Content-Type', contentType],
        ['content-length-range', 1, maxUploadBytes],
      ],
      Expires: formLifetimeSeconds,
    })
    return { url, fields }
  },
})

export const uploadBucket = (client: S3Client, bucket: string): Originals => ({
  async read(key, { maxBytes }) {
    try {
      const { Body, ContentLength } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      if (!Body || ContentLength === undefined)
        throw new Error(`S3 returned ${key} without a body or without its length.`)
      if (ContentLength <= maxBytes) return { kind: 'read', bytes: await Body.transformToByteArray() }
      // An unread body would keep the connection open.
      await Body.transformToWebStream().cancel()
      return { kind: 'too-large', sizeBytes: ContentLength }
    } catch (error) {
      if (error instanceof NoSuchKey) return { kind: 'absent' }
      throw error
    }
  },

  async remove(key) {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
  },
})
