/** Prefixes of the partition keys that cart owns. */
export const prefixes = ['CART#'] as const

export const cartKey = (userId: string) => ({ PK: `CART#${userId}`, SK: 'CART' })
