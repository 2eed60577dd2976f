import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3'
import type { Originals } from '../ports.ts'

export const uploadBucket = (client: S3Client, bucket: string): Originals => ({
  async read(key, { maxBytes }) {
    try {
      const { Body, ContentLength } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      if (!Body || ContentLength === undefined) throw new Error(`S3 answered ${key} without a body or its length.`)
      if (ContentLength <= maxBytes) return { kind: 'read', bytes: await Body.transformToByteArray() }
      // The connection would stay taken by what nobody reads.
      await Body.transformToWebStream().cancel()
      return { kind: 'too-large', sizeBytes: ContentLength }
    } catch (error) {
      if (error instanceof NoSuchKey) return { kind: 'gone' }
      throw error
    }
  },

  async remove(key) {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
  },
})
