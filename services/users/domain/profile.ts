import * as z from 'zod'
import { Address, StoredAddress } from '#shared/address.ts'
import { singleLine } from '#shared/text.ts'
import { createEvent, type Cause, type EventOf } from '#shared/events/envelope.ts'
import { daySeconds } from '#shared/days.ts'
import { UserDeleted, UserRegistered } from '../events.ts'

export const maxAddresses = 10

/** The customer's picture in several sizes. Ids of uploads sort by their time. */
export const Avatar = z.object({
  uploadId: z.string(),
  thumbnails: z.array(z.object({ key: z.string(), width: z.int(), height: z.int(), contentType: z.string() })),
})
export type Avatar = z.infer<typeof Avatar>

/** A customer's contact and preferences. */
export const Profile = z.object({
  userId: z.string().min(1),
  /** Missing only for an account of the user pool that has none. */
  email: z.string().min(1).optional(),
  name: z.string().optional(),
  /** In the format of E.164. */
  phone: z.string().optional(),
  notifications: z.object({ email: z.boolean(), sms: z.boolean() }),
  addresses: z.array(StoredAddress).default([]),
  avatar: Avatar.optional(),
  registeredAt: z.iso.datetime(),
})
export type Profile = z.infer<typeof Profile>

/** What a customer may change: a field that is absent stays, and null removes it. */
export const ProfileChanges = z.strictObject({
  name: singleLine(200).nullable().optional(),
  phone: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/, 'A phone number in the format of E.164, such as +353214960000.')
    .nullable()
    .optional(),
  notifications: z.strictObject({ email: z.boolean().optional(), sms: z.boolean().optional() }).optional(),
  addresses: z.array(Address).max(maxAddresses).optional().describe('Replaces all addresses'),
})
export type ProfileChanges = z.infer<typeof ProfileChanges>

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

/** The id of the event of a registration, of which there is one for each user. */
export const registeredEventId = (userId: string): string => `${UserRegistered.type}/${userId}/1`

/** A new customer has no orders and receives email about orders until they decline it. */
export const register = ({ userId, email, name }: SignUp, time: Date, cause: Cause): Registration => ({
  profile: {
    userId,
    ...(email === undefined ? {} : { email }),
    ...(name === undefined ? {} : { name }),
    notifications: { email: true, sms: false },
    addresses: [],
    registeredAt: time.toISOString(),
  },
  counters: { orderCount: 0 },
  event: createEvent(UserRegistered, { aggregateId: userId, aggregateVersion: 1, time, cause, data: { userId } }),
})

/** What remains of a deleted account, without personal data. */
export interface Deletion {
  readonly userId: string
  readonly deletedAt: string
  /** Seconds since the epoch. */
  readonly expiresAt: number
  readonly event: EventOf<typeof UserDeleted>
}

/**
 * Longer than any token of the account: a refresh token is valid for 30 days, and the message that deletes the account in
 * the user pool can be redriven from its dead-letter queue for 14.
 */
export const deletionKeptDays = 45

/** The version of UserRegistered is 1, and nothing follows a deletion. */
export const deletionOf = (
  { userId, orderCount }: Pick<OrderCounters, 'orderCount'> & { userId: string },
  time: Date,
  cause: Cause,
): Deletion => ({
  userId,
  deletedAt: time.toISOString(),
  expiresAt: Math.floor(time.getTime() / 1000) + deletionKeptDays * daySeconds,
  event: createEvent(UserDeleted, {
    aggregateId: userId,
    aggregateVersion: 2,
    time,
    cause,
    data: { userId, orderCount },
  }),
})
