import type { Table } from '#shared/dynamodb/table.ts'
import type { Cause } from '#shared/events/envelope.ts'
import { realBackoff } from '#shared/retry.ts'
import { stockTable } from '#services/inventory/adapters/stock-table.ts'
import { adjustStockUseCase } from '#services/inventory/use-cases/adjust-stock.ts'

/** Puts the first pieces of a SKU on its shelf; a SKU that was ever stocked is left to those who count it. */
export async function stockShelf(
  table: Table,
  { sku, pieces, cause }: { sku: string; pieces: number; cause: Cause },
): Promise<'stocked' | 'stocked-before'> {
  const ledger = stockTable(table)
  const { stocks } = await ledger.read({ skus: [sku], orderIds: [] })
  if (stocks.length > 0) return 'stocked-before'
  const adjustStock = adjustStockUseCase({
    ledger,
    now: () => new Date(),
    backoff: realBackoff({ attempts: 6, baseMs: 50, maxMs: 1000 }),
    // Filling an empty shelf raises what is available, which crosses no threshold.
    lowStockThreshold: 1,
  })
  const outcome = await adjustStock({
    sku,
    adjustment: { set: pieces },
    staffId: 'seed',
    reason: 'The first pieces on the shelf',
    cause,
  })
  if (!outcome.ok) throw new Error(`The stock of ${sku} could not be set: ${outcome.failure.reason}.`)
  return 'stocked'
}
