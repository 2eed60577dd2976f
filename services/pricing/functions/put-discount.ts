import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { realBackoff } from '#shared/retry.ts'
import { discountTable } from '../adapters/discount-table.ts'
import { putDiscountHandler } from '../handlers/discounts.ts'

export const handler = putDiscountHandler({
  discounts: discountTable(tableFromEnv()),
  backoff: realBackoff({ attempts: 5, baseMs: 25, maxMs: 200 }),
})
