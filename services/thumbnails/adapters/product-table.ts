import { GetCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import type { Table } from '#shared/dynamodb/document-client.ts'
import type { Products } from '../ports.ts'
import { productKeyOfId } from './keys.ts'

/** What uploads read of the catalogue's items. */
const ProductItem = z.object({ productId: z.string(), sku: z.string() })

export const productTable = (table: Table): Products => ({
  async skuOf(productId) {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: productKeyOfId(productId), ConsistentRead: true }),
    )
    const product = Item && ProductItem.parse(Item)
    return product?.productId === productId ? product.sku : undefined
  },
})
