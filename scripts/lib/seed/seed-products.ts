import type { Table } from '#shared/dynamodb/table.ts'
import type { Cause } from '#shared/events/envelope.ts'
import { newId } from '#shared/ids.ts'
import { formatMoney } from '#shared/money.ts'
import { productTable } from '#services/catalog/adapters/product-table.ts'
import { createProduct } from '#services/catalog/use-cases/create-product.ts'
import { seedProducts } from './products.ts'
import { stockShelf } from './stock-shelf.ts'

export interface SeedReport {
  readonly created: number
  readonly existed: number
}

/** Makes each product and its stock through the services' own use cases, so that their rules and events hold. */
export async function fillShop(table: Table, report: (line: string) => void): Promise<SeedReport> {
  const products = productTable(table)
  const cause = seeding(new Date())
  let created = 0
  for (const { details, stock } of seedProducts) {
    const product = await createProduct(products, { details, now: new Date(), cause })
    const shelf = await stockShelf(table, { sku: details.sku, pieces: stock, cause })
    if (product.ok) created += 1
    report(
      [
        product.ok ? 'made ' : 'there',
        details.sku.padEnd(18),
        formatMoney(details.price).padStart(8),
        shelf === 'stocked' ? `${stock} pieces` : 'stock as it is',
      ].join('  '),
    )
  }
  return { created, existed: seedProducts.length - created }
}

/** What the seed's events name as their origin. */
function seeding(time: Date): Cause {
  const id = newId('seed', time)
  return { correlationId: id, causationId: id }
}
