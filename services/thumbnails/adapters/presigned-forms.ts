import type { S3Client } from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { incomingKey } from '../domain/media-key.ts'
import { formLifetimeSeconds, maxUploadBytes } from '../domain/upload.ts'
import type { UploadForms } from '../ports.ts'

/** Forms signed with the function's own key: what they permit, the function itself must be permitted. */
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
