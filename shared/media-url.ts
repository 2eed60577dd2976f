/** The distribution reads `public/` of the bucket and serves `media/` in it below the path `/media`. */
const publicFolder = 'public/media/'

/** Whether an object of the media bucket is public. */
export const isPublicMedia = (key: string): boolean => key.startsWith(publicFolder)

/**
 * The URL of a public object of the media bucket.
 * @param mediaUrl the URL of the folder `public/media/`
 * @throws Error for a private key
 */
export function publicMediaUrl(mediaUrl: string, key: string): string {
  if (!isPublicMedia(key)) throw new Error(`${key} is not public and has no public URL.`)
  const path = key.slice(publicFolder.length).split('/').map(encodeURIComponent).join('/')
  return `${mediaUrl.replace(/\/$/, '')}/${path}`
}
