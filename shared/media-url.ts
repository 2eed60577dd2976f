const publicFolder = 'public/'

/** Whether an object of the media bucket is public. */
export const isPublicMedia = (key: string): boolean => key.startsWith(publicFolder)

/**
 * The URL of a public object of the media bucket. The distribution serves the folder `public/` as its root.
 * @throws Error for a private key
 */
export function publicMediaUrl(mediaUrl: string, key: string): string {
  if (!isPublicMedia(key)) throw new Error(`${key} is not public and has no public URL.`)
  const path = key.slice(publicFolder.length).split('/').map(encodeURIComponent).join('/')
  return `${mediaUrl.replace(/\/$/, '')}/${path}`
}
