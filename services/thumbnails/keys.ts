/** Prefixes of the partition keys that thumbnails own, in the table and its index. */
export const prefixes = ['UPLOAD#', 'UPLOADS#', 'UPLOADRATE#'] as const

export const uploadKey = (uploadId: string) => ({ PK: `UPLOAD#${uploadId}`, SK: 'UPLOAD' })

/** The index partition of a customer's uploads. Their ids sort by time. */
export const ownerPartition = (ownerId: string) => `UPLOADS#${ownerId}`

export const uploadIndexKeys = ({ ownerId, uploadId }: { ownerId: string; uploadId: string }) => ({
  GSI1PK: ownerPartition(ownerId),
  GSI1SK: uploadId,
})

/** How many uploads a customer has created in the latest minute. */
export const uploadRateKey = (userId: string) => ({ PK: `UPLOADRATE#${userId}`, SK: 'UPLOADRATE' })
