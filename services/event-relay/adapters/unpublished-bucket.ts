import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { unpublishedKey } from '../keys.ts'
import type { UnpublishedRecords } from '../ports.ts'

export const unpublishedBucket = (client: Pick<S3Client, 'send'>, Bucket: string): UnpublishedRecords => ({
  async store({ id, problem, record }) {
    const Body = JSON.stringify({ problem, record })
    await client.send(new PutObjectCommand({ Bucket, Key: unpublishedKey(id), Body, ContentType: 'application/json' }))
  },
})
