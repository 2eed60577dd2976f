import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'

const lifetimeSeconds = 5 * 60

/** The URL of a private object of the media bucket for five minutes, signed with the function's own credentials. */
export const privateMediaUrl = (client: S3Client, bucket: string, key: string): Promise<string> =>
  getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: lifetimeSeconds })
