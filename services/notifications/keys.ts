/** Prefixes of the partition keys that notifications own. */
export const prefixes = ['NOTICE#'] as const

export const noticeKey = (eventId: string) => ({ PK: `NOTICE#${eventId}`, SK: 'NOTICE' })
