import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { codeRateTable } from '../code-rate-table.ts'
import { createQuoteHandler } from '../handlers/quotes.ts'
import { priceTable } from '../price-table.ts'

const table = tableFromEnv()

export const handler = createQuoteHandler({
  prices: priceTable(table),
  codeRates: codeRateTable(table),
  now: () => new Date(),
})
