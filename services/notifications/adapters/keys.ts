/** The table keys of notifications, and the one key of users that it may read. */
export const noticeKey = (eventId: string) => ({ PK: `NOTICE#${eventId}`, SK: 'NOTICE' })

export const profileKey = (userId: string) => ({ PK: `USER#${userId}`, SK: 'PROFILE' })
