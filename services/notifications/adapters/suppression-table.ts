import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { Table } from '#shared/dynamodb/table.ts'
import { suppressionKey } from '../keys.ts'
import type { Suppressions } from '../ports.ts'

export const suppressionTable = (table: Table): Suppressions => ({
  async has(address) {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: suppressionKey(address), ProjectionExpression: 'PK' }),
    )
    return Item !== undefined
  },

  async add(address, { reason, time }) {
    const Item = { ...suppressionKey(address), reason, since: time.toISOString() }
    await table.client.send(new PutCommand({ TableName: table.name, Item }))
  },
})
