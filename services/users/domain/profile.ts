import * as z from 'zod'

/** What the shop knows of a customer. The counters are kept by orders, in the transaction that places one. */
export const Profile = z.object({
  userId: z.string().min(1),
  email: z.string().min(1),
  name: z.string().optional(),
  orderCount: z.int().min(0),
  lastOrderAt: z.iso.datetime().optional(),
  notifications: z.object({ orderMails: z.boolean() }),
  registeredAt: z.iso.datetime(),
})
export type Profile = z.infer<typeof Profile>

export interface SignUp {
  readonly userId: string
  readonly email: string
  readonly name?: string | undefined
}

/** A new customer has ordered nothing and gets mail about orders until they decline it. */
export const createProfile = ({ userId, email, name }: SignUp, now: Date): Profile => ({
  userId,
  email,
  ...(name === undefined ? {} : { name }),
  orderCount: 0,
  notifications: { orderMails: true },
  registeredAt: now.toISOString(),
})
