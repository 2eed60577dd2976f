import * as z from 'zod'
import { productKey } from '#services/catalog/keys.ts'
import { batchGet } from '#shared/dynamodb/batch-get.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { Money } from '#shared/money.ts'
import type { PriceList } from '../ports.ts'

/** What orders read of the catalogue's items; the rest of a product is the catalogue's own business. */
const ProductItem = z.object({
  sku: z.string(),
  name: z.string(),
  price: Money,
  status: z.enum(['active', 'archived']),
})

/** Prices straight from the catalogue's items. An archived product is not offered. */
export const priceTable = (table: Table): PriceList => ({
  async offers(skus) {
    const items = await batchGet(table, skus.map(productKey), { attributes: ['sku', 'name', 'price', 'status'] })
    const products = items.map((item) => ProductItem.parse(item)).filter(({ status }) => status === 'active')
    return new Map(products.map(({ sku, name, price }) => [sku, { sku, name, price }]))
  },
})
