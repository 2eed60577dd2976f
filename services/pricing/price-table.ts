import { offerAttributes, offersOf, productKey } from '#services/catalog/keys.ts'
import { batchGet } from '#shared/dynamodb/batch-get.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { codePattern, discountAttributes, discountKey } from './keys.ts'
import { Discount, type PriceList } from './totals.ts'

/**
 * Reads prices from the items of catalog and pricing, in one request. A function that uses it needs a grant of the
 * attributes: of products, and with discount codes also of discounts.
 */
export const priceTable = (table: Table): PriceList => ({
  async read({ skus, discountCode, consistent }) {
    const discounts = discountCode !== undefined && codePattern.test(discountCode) ? [discountKey(discountCode)] : []
    const attributes = discounts.length > 0 ? [...offerAttributes, ...discountAttributes] : offerAttributes
    const items = await batchGet(table, [...skus.map(productKey), ...discounts], { attributes, consistent })
    const discount = items.find(({ PK }) => PK === discounts[0]?.PK)
    return {
      offers: offersOf(items.filter((item) => item !== discount)),
      discount: discount && Discount.parse(discount),
    }
  },
})
