import { GetCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { profileKey } from '#services/users/keys.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import type { Contacts } from '../ports.ts'

const ContactItem = z.object({
  email: z.string().min(1).optional(),
  name: z.string().optional(),
  phone: z.string().optional(),
  notifications: z.object({ email: z.boolean(), sms: z.boolean() }),
})

/** Reads the attributes of a profile that the grant allows. Consistent: the welcome is sent right after sign-up. */
export const contactTable = (table: Table): Contacts => ({
  async find(userId) {
    const { Item } = await table.client.send(
      new GetCommand({
        TableName: table.name,
        Key: profileKey(userId),
        ConsistentRead: true,
        ProjectionExpression: 'PK, SK, email, #name, phone, notifications',
        ExpressionAttributeNames: { '#name': 'name' },
      }),
    )
    if (!Item) return undefined
    const { email, name, phone, notifications: preferences } = ContactItem.parse(Item)
    if (email === undefined) return undefined
    return { email, name, phone, preferences }
  },
})
