import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { wholeNumber } from '#shared/text.ts'
import { productAvailabilities } from '../adapters/product-table.ts'
import { applyStockHandler } from '../handlers/apply-stock.ts'

const env = readEnv(z.object({ LOW_STOCK_THRESHOLD: wholeNumber({ min: 1 }) }))

export const handler = applyStockHandler({
  products: productAvailabilities(tableFromEnv()),
  lowStockThreshold: env.LOW_STOCK_THRESHOLD,
})
