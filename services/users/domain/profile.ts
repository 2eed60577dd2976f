import * as z from 'zod'
import { createEvent, type Cause, type EventOf } from '#shared/events/envelope.ts'
import { UserRegistered } from '../events.ts'

/** A customer's contact and preferences. */
export const Profile = z.object({
  userId: z.string().min(1),
  email: z.string().min(1),
  name: z.string().optional(),
  notifications: z.object({ orderMails: z.boolean() }),
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
  readonly email: string
  readonly name?: string | undefined
}

/** What a confirmed sign-up creates. */
export interface Registration {
  readonly profile: Profile
  readonly counters: OrderCounters
  readonly event: EventOf<typeof UserRegistered>
}

/** A new customer has no orders and receives email about orders until they decline it. */
export const register = ({ userId, email, name }: SignUp, time: Date, cause: Cause): Registration => ({
  profile: {
    userId,
    email,
    ...(name === undefined ? {} : { name }),
    notifications: { orderMails: true },
    registeredAt: time.toISOString(),
  },
  counters: { orderCount: 0 },
  event: createEvent(UserRegistered, { aggregateId: userId, aggregateVersion: 1, time, cause, data: { userId } }),
})
