import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { stockTable } from '../adapters/stock-table.ts'
import { getStockHandler } from '../handlers/stock.ts'

export const handler = getStockHandler(stockTable(tableFromEnv()))
