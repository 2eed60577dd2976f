import type { Subject } from './upload.ts'
import { uploadIdPattern } from './upload.ts'

const incoming = 'incoming/'

/** Where a form puts its file, in the upload bucket. */
export const incomingKey = (uploadId: string): string => `${incoming}${uploadId}`

/** The upload that an object of the upload bucket is for; undefined when no form made it. */
export function uploadIdOf(key: string): string | undefined {
  const uploadId = key.slice(incoming.length)
  return key.startsWith(incoming) && uploadIdPattern.test(uploadId) ? uploadId : undefined
}

const extensions = { 'image/jpeg': 'jpg', 'image/webp': 'webp' } as const

/**
 * A thumbnail's place in the media bucket. Its name has the hash of its content, so it can be cached for ever, and a
 * repeat writes the same object again. Products are public; an avatar is its owner's alone.
 */
export function mediaKey(
  subject: Subject,
  thumbnail: { contentHash: string; width: number; contentType: keyof typeof extensions },
): string {
  const name = `${thumbnail.contentHash}-${thumbnail.width}.${extensions[thumbnail.contentType]}`
  return subject.purpose === 'avatar'
    ? `private/avatars/${subject.ownerId}/${name}`
    : `public/products/${subject.sku}/${name}`
}
