import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { discountTable } from '../adapters/discount-table.ts'
import { listDiscountsHandler } from '../handlers/discounts.ts'

export const handler = listDiscountsHandler(discountTable(tableFromEnv()))
