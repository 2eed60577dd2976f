import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { realBackoff } from '#shared/retry.ts'
import { discountTable } from '../adapters/discount-table.ts'
import { giveBackDiscountHandler } from '../handlers/give-back-discount.ts'

export const handler = giveBackDiscountHandler({
  discounts: discountTable(tableFromEnv()),
  now: () => new Date(),
  backoff: realBackoff({ attempts: 6, baseMs: 25, maxMs: 400 }),
})
