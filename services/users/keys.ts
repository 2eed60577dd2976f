/** Prefixes of the partition keys that users own. */
export const prefixes = ['USER#'] as const

/** Contact and preferences. */
export const profileKey = (userId: string) => ({ PK: `USER#${userId}`, SK: 'PROFILE' })

/**
 * Order counters, and the customer's rate of orders. A separate item, so that placing an order never conflicts with a
 * change of the profile.
 */
export const countersKey = (userId: string) => ({ PK: `USER#${userId}`, SK: 'COUNTERS' })

/** An event of the user, on an item without personal data: what the relay cannot publish is stored as it is. */
export const eventKey = (userId: string, eventId: string) => ({ PK: `USER#${userId}`, SK: `EVENT#${eventId}` })
