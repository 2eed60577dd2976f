/** Prefixes of the partition keys that users own. */
export const prefixes = ['USER#'] as const

export const profileKey = (userId: string) => ({ PK: `USER#${userId}`, SK: 'PROFILE' })
