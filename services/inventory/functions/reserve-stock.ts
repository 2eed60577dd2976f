import * as z from 'zod'
import { createDocumentClient } from '#shared/dynamodb/document-client.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { realBackoff } from '#shared/retry.ts'
import { stockTable } from '../adapters/stock-table.ts'
import { reserveStockHandler } from '../handlers/reserve-stock.ts'

const env = readEnv(z.object({ TABLE_NAME: z.string().min(1), LOW_STOCK_THRESHOLD: z.coerce.number().int().min(1) }))

export const handler = reserveStockHandler({
  ledger: stockTable({ client: createDocumentClient(), name: env.TABLE_NAME }),
  now: () => new Date(),
  backoff: realBackoff({ attempts: 8, baseMs: 25, maxMs: 500 }),
  lowStockThreshold: env.LOW_STOCK_THRESHOLD,
})
