import { GetCommand } from '@aws-sdk/lib-dynamodb'
import type { Key } from './batch-get.ts'
import type { Table } from './table.ts'

/** Whether there is an item, by a consistent read of its key alone. */
export async function itemExists(table: Table, key: Key): Promise<boolean> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: key, ConsistentRead: true, ProjectionExpression: 'PK' }),
  )
  return Item !== undefined
}
