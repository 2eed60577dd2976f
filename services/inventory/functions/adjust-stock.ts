import * as z from 'zod'
import { productKey } from '#services/catalog/keys.ts'
import { itemExists } from '#shared/dynamodb/item-exists.ts'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { realBackoff } from '#shared/retry.ts'
import { wholeNumber } from '#shared/text.ts'
import { stockTable } from '../adapters/stock-table.ts'
import { adjustStockHandler } from '../handlers/stock.ts'

const env = readEnv(z.object({ LOW_STOCK_THRESHOLD: wholeNumber({ min: 1 }) }))

const table = tableFromEnv()

export const handler = adjustStockHandler({
  ledger: stockTable(table),
  hasProduct: (sku) => itemExists(table, productKey(sku)),
  now: () => new Date(),
  backoff: realBackoff({ attempts: 6, baseMs: 25, maxMs: 400 }),
  lowStockThreshold: env.LOW_STOCK_THRESHOLD,
})
