import { DeleteObjectCommand, paginateListObjectsV2, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { isPublicMedia, publicMediaUrl } from '#shared/media-url.ts'
import { privateMediaUrl } from '#shared/private-media-url.ts'
import type { Media, MediaLinks, MediaRemover } from '../ports.ts'

/** A key contains the hash of its content, so the object never changes. */
const immutable = 'max-age=31536000, immutable'

export const mediaBucket = (client: S3Client, bucket: string): Media & MediaRemover => ({
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

  async remove(Key) {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }))
  },

  async removeFolder(Prefix, kept = []) {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix })) {
      const removed = Contents.filter(({ Key }) => !kept.includes(Key!))
      await Promise.all(removed.map(({ Key }) => client.send(new DeleteObjectCommand({ Bucket: bucket, Key }))))
    }
  },
})

/** URLs of public images only. */
export const publicLinks = (mediaUrl: string): MediaLinks => ({
  urlOf: async (key) => publicMediaUrl(mediaUrl, key),
})

/** URLs of all images. Those of private ones are presigned with the function's own credentials. */
export const mediaLinks = (client: S3Client, bucket: string, mediaUrl: string): MediaLinks => ({
  async urlOf(key) {
    return isPublicMedia(key) ? publicMediaUrl(mediaUrl, key) : privateMediaUrl(client, bucket, key)
  },
})
