import type { S3Client } from '@aws-sdk/client-s3'
import { privateMediaUrl } from '#shared/private-media-url.ts'
import type { MediaLinks } from '../ports.ts'

export const mediaLinks = (client: S3Client, bucket: string): MediaLinks => ({
  urlOf: (key) => privateMediaUrl(client, bucket, key),
})
