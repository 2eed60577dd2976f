import * as z from 'zod'
import { profileKey } from '#services/users/keys.ts'
import { itemReader } from '#shared/dynamodb/item-reader.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import type { Contacts } from '../ports.ts'

const ContactItem = z.object({
  email: z.string().min(1).optional(),
  name: z.string().optional(),
  phone: z.string().optional(),
  notifications: z.object({ email: z.boolean(), sms: z.boolean() }),
})

/** Reads the attributes of a profile that the grant allows. Consistent: the welcome is sent right after sign-up. */
export function contactTable(table: Table): Contacts {
  const read = itemReader(table, { attributes: ['email', 'name', 'phone', 'notifications'] })
  return {
    async find(userId) {
      const item = await read(profileKey(userId))
      if (!item) return undefined
      const { email, name, phone, notifications: preferences } = ContactItem.parse(item)
      if (email === undefined) return undefined
      return { email, name, phone, preferences }
    },
  }
}
