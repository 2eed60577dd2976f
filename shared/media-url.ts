const publicFolder = 'public/'

/** Whether everybody may fetch an object of the media bucket. */
export const isPublicMedia = (key: string): boolean => key.startsWith(publicFolder)

/**
 * The address of a public object of the media bucket. The distribution serves the folder `public/` as its root.
 * @throws Error for a key that is not public
 */
export function publicMediaUrl(mediaUrl: string, key: string): string {
  if (!isPublicMedia(key)) throw new Error(`${key} is not public, so it has no public address.`)
  const path = key.slice(publicFolder.length).split('/').map(encodeURIComponent).join('/')
  return `${mediaUrl.replace(/\/$/, '')}/${path}`
}
