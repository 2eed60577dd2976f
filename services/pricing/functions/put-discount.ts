import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { discountTable } from '../adapters/discount-table.ts'
import { putDiscountHandler } from '../handlers/discounts.ts'

export const handler = putDiscountHandler(discountTable(tableFromEnv()))
