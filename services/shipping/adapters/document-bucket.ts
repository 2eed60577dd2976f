import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { DocumentFiles } from '../ports.ts'

const linkLifetimeSeconds = 5 * 60

/** Addresses are signed with the function's own credentials: its role needs the permission to read what it writes. */
export const documentBucket = (client: S3Client, Bucket: string): DocumentFiles => ({
  async put(kind, orderId, pdf) {
    const object = { Bucket, Key: `${kind}s/${orderId}.pdf` }
    await client.send(
      new PutObjectCommand({
        ...object,
        Body: pdf,
        ContentType: 'application/pdf',
        ContentDisposition: `inline; filename="${kind}-${orderId}.pdf"`,
        CacheControl: 'private, no-store',
      }),
    )
    return getSignedUrl(client, new GetObjectCommand(object), { expiresIn: linkLifetimeSeconds })
  },
})
