import { createHash } from 'node:crypto'

/** Prefixes of the partition keys that notifications own. */
export const prefixes = ['NOTICE#', 'SUPPRESSED#'] as const

/** The email about an event. */
export const noticeKey = (eventId: string) => ({ PK: `NOTICE#${eventId}`, SK: 'NOTICE' })

/** The text message about an event. */
export const textKey = (eventId: string) => ({ PK: `NOTICE#${eventId}`, SK: 'TEXT' })

/** An address that bounced or complained: as a hash, since it is kept when its customer's data is deleted. */
export const suppressionKey = (address: string) => ({
  PK: `SUPPRESSED#${createHash('sha256').update(address.toLowerCase()).digest('hex')}`,
  SK: 'SUPPRESSED',
})
