import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { conditionalWrite } from '#shared/dynamodb/conditional-write.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { StockMovement } from '../domain/movement.ts'
import { movementKey, movementPartition } from '../keys.ts'
import type { MovementLedger } from '../ports.ts'

export const movementTable = (table: Table): MovementLedger => ({
  async record(movement) {
    const Item = { ...movementKey(movement.sku, movement.version), ...movement }
    const put = new PutCommand({ TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(PK)' })
    const { ok: isNew } = await conditionalWrite(table.client.send(put))
    return isNew ? 'recorded' : 'existing'
  },

  async page({ sku, limit, before }) {
    const { Items = [] } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: before === undefined ? 'PK = :pk' : 'PK = :pk AND SK < :before',
        ExpressionAttributeValues: {
          ':pk': movementPartition(sku),
          ...(before === undefined ? {} : { ':before': movementKey(sku, before).SK }),
        },
        ScanIndexForward: false,
        Limit: limit + 1,
      }),
    )
    const movements = Items.slice(0, limit).map((item) => StockMovement.parse(item))
    return { movements, next: Items.length > limit ? movements.at(-1)!.version : undefined }
  },
})
