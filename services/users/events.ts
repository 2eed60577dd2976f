import * as z from 'zod'
import { defineEvent } from '#shared/events/envelope.ts'

/** A confirmed sign-up created a profile. The contact stays in the profile: events carry no personal data. */
export const UserRegistered = defineEvent({
  source: 'users.app',
  type: 'UserRegistered',
  version: 1,
  data: z.object({ userId: z.string() }),
})

/** The customer deleted their account; services remove or anonymise what they keep about them. */
export const UserDeleted = defineEvent({
  source: 'users.app',
  type: 'UserDeleted',
  version: 1,
  /** With the number of orders that the customer has placed; none is placed after the deletion. */
  data: z.object({ userId: z.string(), orderCount: z.int().min(0).optional() }),
})
