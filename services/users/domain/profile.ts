import * as z from 'zod'
import { singleLine } from '#shared/text.ts'
import { createEvent, type Cause, type EventOf } from '#shared/events/envelope.ts'
import { UserRegistered } from '../events.ts'

/** A customer's contact and preferences. */
export const Profile = z.object({
  userId: z.string().min(1),
  /** Missing only for an account of the user pool that has none. */
  email: z.string().min(1).optional(),
  name: z.string().optional(),
  notifications: z.object({ email: z.boolean(), sms: z.boolean() }),
  registeredAt: z.iso.datetime(),
})
export type Profile = z.infer<typeof Profile>

/** Orders updates them in the transaction that places an order. */
export const OrderCounters = z.object({
  orderCount: z.int().min(0),
  lastOrderAt: z.iso.datetime().optional(),
})
export type OrderCounters = z.infer<typeof OrderCounters>

export interface SignUp {
  readonly userId: string
  readonly email?: string | undefined
  readonly name?: string | undefined
}

/** A customer's account in the user pool. */
export interface Account extends SignUp {
  readonly emailVerified: boolean
}

/** An attribute that is unusable is left out: an error would leave a confirmed user without a profile. */
const AccountAttributes = z.object({
  sub: z.string().min(1),
  email: z.string().min(1).optional().catch(undefined),
  name: singleLine(200).optional().catch(undefined),
  email_verified: z.string().optional(),
})

/** @param attributes of the user pool; only `sub` is required */
export function accountOf(attributes: Readonly<Record<string, unknown>>): Account {
  const { sub: userId, email, name, email_verified } = AccountAttributes.parse(attributes)
  return { userId, email, name, emailVerified: email_verified === 'true' }
}

/** What the first use of an account creates. */
export interface Registration {
  readonly profile: Profile
  readonly counters: OrderCounters
  readonly event: EventOf<typeof UserRegistered>
}

/** A new customer has no orders and receives email about orders until they decline it. */
export const register = ({ userId, email, name }: SignUp, time: Date, cause: Cause): Registration => ({
  profile: {
    userId,
    ...(email === undefined ? {} : { email }),
    ...(name === undefined ? {} : { name }),
    notifications: { email: true, sms: false },
    registeredAt: time.toISOString(),
  },
  counters: { orderCount: 0 },
  event: createEvent(UserRegistered, { aggregateId: userId, aggregateVersion: 1, time, cause, data: { userId } }),
})
