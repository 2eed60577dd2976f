import { offerAttributes, offersOf, productKey } from '#services/catalog/keys.ts'
import { batchGet, type Item } from '#shared/dynamodb/batch-get.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { codePattern, discountAttributes, discountKey } from './keys.ts'
import { Discount, type PriceList, type Prices } from './totals.ts'

/**
 * The items of catalog and pricing that have the prices, for a request that may read others as well. A function that uses
 * it needs a grant of the attributes: of products, and with discount codes also of discounts.
 */
export function priceItems({ skus, discountCode }: { skus: readonly string[]; discountCode?: string | undefined }) {
  const products = skus.map(productKey)
  const discounts = discountCode !== undefined && codePattern.test(discountCode) ? [discountKey(discountCode)] : []
  return {
    keys: [...products, ...discounts],
    attributes: discounts.length > 0 ? [...offerAttributes, ...discountAttributes] : offerAttributes,
    pricesOf(items: readonly Item[]): Prices {
      const found = (keys: typeof products) => items.filter((item) => keys.some(({ PK }) => PK === item['PK']))
      const [discount] = found(discounts)
      return { offers: offersOf(found(products)), discount: discount && Discount.parse(discount) }
    },
  }
}

export const priceTable = (table: Table): PriceList => ({
  async read({ consistent, ...wanted }) {
    const { keys, attributes, pricesOf } = priceItems(wanted)
    return pricesOf(await batchGet(table, keys, { attributes, consistent }))
  },
})
