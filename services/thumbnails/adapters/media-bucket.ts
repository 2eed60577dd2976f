import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { isPublicMedia, publicMediaUrl } from '#shared/media-url.ts'
import type { Media, MediaLinks } from '../ports.ts'

/** A key contains the hash of its content, so the object never changes. */
const immutable = 'max-age=31536000, immutable'

const privateLinkLifetimeSeconds = 5 * 60

export const mediaBucket = (client: S3Client, bucket: string): Media => ({
  async put({ key, bytes, contentType }) {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: bytes,
        ContentType: contentType,
        CacheControl: `${isPublicMedia(key) ? 'public' : 'private'}, ${immutable}`,
      }),
    )
  },
})

/** URLs of public images only. */
export const publicLinks = (mediaUrl: string): MediaLinks => ({
  urlOf: async (key) => publicMediaUrl(mediaUrl, key),
})

/** URLs of all images. Those of private ones are presigned with the function's own credentials. */
export const mediaLinks = (client: S3Client, bucket: string, mediaUrl: string): MediaLinks => ({
  async urlOf(key) {
    if (isPublicMedia(key)) return publicMediaUrl(mediaUrl, key)
    const request = new GetObjectCommand({ Bucket: bucket, Key: key })
    return getSignedUrl(client, request, { expiresIn: privateLinkLifetimeSeconds })
  },
})
