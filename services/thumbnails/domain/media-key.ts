import { uploadIdPattern, type Subject } from './upload.ts'

const incoming = 'incoming/'

/** The key of a form's file in the upload bucket. */
export const incomingKey = (uploadId: string): string => `${incoming}${uploadId}`

/** The upload of an object in the upload bucket; undefined for a key that no form can have. */
export function uploadIdOf(key: string): string | undefined {
  const uploadId = key.slice(incoming.length)
  return key.startsWith(incoming) && uploadIdPattern.test(uploadId) ? uploadId : undefined
}

const extensions = { 'image/jpeg': 'jpg', 'image/webp': 'webp' } as const

/** The folder of a customer's avatars in the media bucket. */
export const avatarsFolder = (ownerId: string): string => `private/avatars/${ownerId}/`

/** The folder of one of them. */
export const avatarFolder = (ownerId: string, uploadId: string): string => `${avatarsFolder(ownerId)}${uploadId}/`

/** The folder of the thumbnails of an upload. Product images are public, avatars private. */
export const mediaFolder = (uploadId: string, subject: Subject): string =>
  subject.purpose === 'avatar'
    ? avatarFolder(subject.ownerId, uploadId)
    : `public/media/products/${subject.sku}/${uploadId}/`

/**
 * The key of a thumbnail in the media bucket. It contains a hash of the content, so that caches can store the object
 * indefinitely and a repetition writes the same object, and the upload, so that deleting it affects no other upload of the
 * same image.
 */
export const mediaKey = (
  uploadId: string,
  subject: Subject,
  { contentHash, width, contentType }: { contentHash: string; width: number; contentType: keyof typeof extensions },
): string => `${mediaFolder(uploadId, subject)}${contentHash}-${width}.${extensions[contentType]}`
