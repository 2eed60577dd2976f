import { GetCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { productKeyOfId } from '#services/catalog/keys.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import type { Products } from '../ports.ts'

/** The attributes of the catalog's items that uploads read. */
const ProductItem = z.object({ sku: z.string() })

export const productTable = (table: Table): Products => ({
  async skuOf(productId) {
    const Key = productKeyOfId(productId)
    if (!Key) return undefined
    const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key, ConsistentRead: true }))
    return Item && ProductItem.parse(Item).sku
  },
})
