import * as z from 'zod'
import { maxPriceAmount, Money } from '#shared/money.ts'
import { ProductStatus, skuOf, type Category, type Product } from './domain/product.ts'
import { Availability } from './events.ts'
import type { SortOrder } from './ports.ts'

/** Prefixes of the partition keys that the catalog owns, in the table and its indexes. */
export const prefixes = ['PRODUCT#', 'CATALOG#', 'IDEMPOTENCY#createProduct#'] as const

export const productKey = (sku: string) => ({ PK: `PRODUCT#${sku}`, SK: 'PRODUCT' })

export function productKeyOfId(productId: string) {
  const sku = skuOf(productId)
  return sku === undefined ? undefined : productKey(sku)
}

export const categoryPartition = (category: Category) => `CATALOG#${category}`

/** The archived products of all categories. */
export const archivePartition = 'CATALOG#archived'

/** An archived product moves from both lists to staff's list of archived products: an update removes what is undefined. */
export const indexKeys = ({ category, price, createdAt, updatedAt, sku, status }: Product) =>
  status === 'archived'
    ? { GSI1PK: undefined, GSI1SK: undefined, GSI2PK: archivePartition, GSI2SK: `${updatedAt}#${sku}` }
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

const OfferItem = z.object({
  sku: z.string(),
  name: z.string(),
  price: Money,
  status: ProductStatus,
  /** Absent until the stock of the product changes for the first time. */
  availability: Availability.default('in-stock'),
})

/** What a service reads of products that a customer wants to order, with a grant of these attributes. */
export const offerAttributes = Object.keys(OfferItem.shape)

/** The products that can be ordered now, by SKU: neither archived ones nor any whose price is over the maximum. */
export function offersOf(productItems: readonly unknown[]) {
  const products = productItems
    .map((item) => OfferItem.parse(item))
    .filter(({ status, price }) => status === 'active' && price.amount <= maxPriceAmount)
  return new Map(products.map(({ sku, name, price, availability }) => [sku, { sku, name, price, availability }]))
}
