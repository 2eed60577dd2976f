/** The table key of users: one profile a user. */
export const profileKey = (userId: string) => ({ PK: `USER#${userId}`, SK: 'PROFILE' })
