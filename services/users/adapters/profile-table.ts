import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { Table } from '#shared/dynamodb/table.ts'
import { eventsAttribute } from '#shared/events/envelope.ts'
import { Profile } from '../domain/profile.ts'
import type { Profiles } from '../ports.ts'
import { profileKey } from '../keys.ts'

export function profileTable(table: Table): Profiles {
  return {
    /** Consistent: a customer asks for the profile right after the sign-up made it. */
    async find(userId) {
      const { Item } = await table.client.send(
        new GetCommand({ TableName: table.name, Key: profileKey(userId), ConsistentRead: true }),
      )
      return Item && Profile.parse(Item)
    },

    async create(profile, event) {
      const item = { ...profileKey(profile.userId), ...profile, [eventsAttribute]: [event] }
      try {
        await table.client.send(
          new PutCommand({ TableName: table.name, Item: item, ConditionExpression: 'attribute_not_exists(PK)' }),
        )
        return 'created'
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'exists'
        throw error
      }
    },
  }
}
