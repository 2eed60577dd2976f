/** Prefixes of the partition keys that thumbnails own. */
export const prefixes = ['UPLOAD#', 'UPLOADRATE#'] as const

export const uploadKey = (uploadId: string) => ({ PK: `UPLOAD#${uploadId}`, SK: 'UPLOAD' })

/** How many uploads a customer has created in the latest minute. */
export const uploadRateKey = (userId: string) => ({ PK: `UPLOADRATE#${userId}`, SK: 'UPLOADRATE' })
