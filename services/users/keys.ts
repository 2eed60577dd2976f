/** Prefixes of the partition keys that users own. */
export const prefixes = ['USER#', 'USERMAIL#', 'USERDELETED#'] as const

/** Contact and preferences. */
export const profileKey = (userId: string) => ({ PK: `USER#${userId}`, SK: 'PROFILE' })

/**
 * Order counters, and the customer's rate of orders. A separate item, so that placing an order never conflicts with a
 * change of the profile.
 */
export const countersKey = (userId: string) => ({ PK: `USER#${userId}`, SK: 'COUNTERS' })

/** An event of the user, on an item without personal data: what the relay cannot publish is stored as it is. */
export const eventKey = (userId: string, eventId: string) => ({ PK: `USER#${userId}`, SK: `EVENT#${eventId}` })

/**
 * Points from an email address to the `userId` of the profile that has it, so that a customer is found without a scan. The
 * user pool signs in without regard to case, so that addresses differ by more than that.
 */
export const userMailKey = (email: string) => ({ PK: `USERMAIL#${email.trim().toLowerCase()}`, SK: 'USERMAIL' })

/** Marks a deleted account for as long as its tokens could be used. Every customer route reads it before it responds. */
export const deletedUserKey = (userId: string) => ({ PK: `USERDELETED#${userId}`, SK: 'USERDELETED' })
