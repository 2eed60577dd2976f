/** Prefixes of the partition keys that thumbnails own. */
export const prefixes = ['UPLOAD#'] as const

export const uploadKey = (uploadId: string) => ({ PK: `UPLOAD#${uploadId}`, SK: 'UPLOAD' })
