import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { isPublicMedia, publicMediaUrl } from '#shared/media-url.ts'
import type { Media, MediaLinks } from '../ports.ts'

/** A name has the hash of its content, so what it names never changes. */
const forEver = 'max-age=31536000, immutable'

const privateLinkLifetimeSeconds = 5 * 60

export const mediaBucket = (client: S3Client, bucket: string): Media => ({
  async put({ key, bytes, contentType }) {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: bytes,
        ContentType: contentType,
        CacheControl: `${isPublicMedia(key) ? 'public' : 'private'}, ${forEver}`,
      }),
    )
  },
})

/** Addresses of public pictures alone. */
export const publicLinks = (mediaUrl: string): MediaLinks => ({
  urlOf: async (key) => publicMediaUrl(mediaUrl, key),
})

/** Addresses of all pictures: what is not public is signed with the function's own key. */
export const mediaLinks = (client: S3Client, bucket: string, mediaUrl: string): MediaLinks => ({
  async urlOf(key) {
    if (isPublicMedia(key)) return publicMediaUrl(mediaUrl, key)
    const request = new GetObjectCommand({ Bucket: bucket, Key: key })
    return getSignedUrl(client, request, { expiresIn: privateLinkLifetimeSeconds })
  },
})
