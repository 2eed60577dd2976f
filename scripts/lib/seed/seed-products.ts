import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createDocumentClient, type Table } from '#shared/dynamodb/table.ts'
import type { Cause } from '#shared/events/envelope.ts'
import { formatMoney } from '#shared/money.ts'
import { realBackoff } from '#shared/retry.ts'
import { productTable } from '#services/catalog/adapters/product-table.ts'
import { createProduct } from '#services/catalog/use-cases/create-product.ts'
import { stockTable } from '#services/inventory/adapters/stock-table.ts'
import { adjustStock } from '#services/inventory/use-cases/adjust-stock.ts'
import type { Deployment } from '../deployment.ts'
import { sampleProducts } from './products.ts'
import { newSeedId } from './seed-id.ts'

interface SeedReport {
  readonly created: number
  readonly existed: number
}

/** Creates the sample products of a deployment, with their stock. Repeatable. Reports each product in one line. */
export async function seedProducts(
  deployment: Pick<Deployment, 'tableName' | 'clientConfiguration'>,
  report: (line: string) => void,
): Promise<SeedReport> {
  const client = new DynamoDBClient(deployment.clientConfiguration)
  try {
    return await seedTable({ client: createDocumentClient(client), name: deployment.tableName }, report)
  } finally {
    client.destroy()
  }
}

/** Calls the services' use cases, so that their rules apply and their events are published. */
export async function seedTable(table: Table, report: (line: string) => void): Promise<SeedReport> {
  const products = productTable(table)
  const cause = seedCause()
  let created = 0
  for (const { details, stock } of sampleProducts) {
    const product = await createProduct(products, { details, time: new Date(), cause })
    if (!product.ok && product.failure === 'contended')
      throw new Error(`The product ${details.sku} could not be created: other transactions kept writing it.`)
    const isStocked = await setFirstStock(table, { sku: details.sku, pieces: stock, cause })
    if (product.ok) created += 1
    report(
      [
        product.ok ? 'created' : 'exists ',
        details.sku.padEnd(18),
        formatMoney(details.price).padStart(8),
        isStocked ? `${stock} pieces` : 'stock unchanged',
      ].join('  '),
    )
  }
  return { created, existed: sampleProducts.length - created }
}

/** Sets the first stock of a SKU. @returns false when the SKU already has a stock item, which stays unchanged */
async function setFirstStock(
  table: Table,
  { sku, pieces, cause }: { sku: string; pieces: number; cause: Cause },
): Promise<boolean> {
  const ledger = stockTable(table)
  const { stocks } = await ledger.read({ skus: [sku], orderIds: [] })
  if (stocks.length > 0) return false
  const dependencies = {
    ledger,
    now: () => new Date(),
    backoff: realBackoff({ attempts: 6, baseMs: 50, maxMs: 1000 }),
    // The first stock increases the available pieces, which reaches no threshold.
    lowStockThreshold: 1,
  }
  const adjustment = { set: pieces }
  const outcome = await adjustStock(dependencies, { sku, adjustment, staffId: 'seed', reason: 'First stock', cause })
  if (!outcome.ok) throw new Error(`The stock of ${sku} could not be set: ${outcome.failure.reason}.`)
  return true
}

/** The cause of the seed's events. */
function seedCause(): Cause {
  const id = newSeedId()
  return { correlationId: id, causationId: id }
}
