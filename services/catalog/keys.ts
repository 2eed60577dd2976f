import { skuOf, type Category, type Product } from './domain/product.ts'
import type { SortOrder } from './ports.ts'

/** Prefixes of the partition keys that the catalog owns, in the table and its indexes. */
export const prefixes = ['PRODUCT#', 'CATALOG#'] as const

export const productKey = (sku: string) => ({ PK: `PRODUCT#${sku}`, SK: 'PRODUCT' })

export function productKeyOfId(productId: string) {
  const sku = skuOf(productId)
  return sku === undefined ? undefined : productKey(sku)
}

export const categoryPartition = (category: Category) => `CATALOG#${category}`

/** An archived product is removed from both lists. */
export const indexKeys = ({ category, price, createdAt, sku, status }: Product) =>
  status === 'archived'
    ? {}
    : {
        GSI1PK: categoryPartition(category),
        GSI1SK: `${String(price.amount).padStart(12, '0')}#${sku}`,
        GSI2PK: categoryPartition(category),
        GSI2SK: `${createdAt}#${sku}`,
      }

export const listing = {
  newest: { index: 'GSI2', descending: true },
  price: { index: 'GSI1', descending: false },
  '-price': { index: 'GSI1', descending: true },
} as const satisfies Record<SortOrder, { index: 'GSI1' | 'GSI2'; descending: boolean }>
