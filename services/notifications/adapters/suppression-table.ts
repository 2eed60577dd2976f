import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { itemReader } from '#shared/dynamodb/item-reader.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { suppressionKey } from '../keys.ts'
import type { Suppressions } from '../ports.ts'

export function suppressionTable(table: Table): Suppressions {
  const read = itemReader(table, { consistent: false, attributes: [] })
  return {
    has: async (address) => (await read(suppressionKey(address))) !== undefined,

    async add(address, { reason, time }) {
      const Item = { ...suppressionKey(address), reason, since: time.toISOString() }
      await table.client.send(new PutCommand({ TableName: table.name, Item }))
    },
  }
}
