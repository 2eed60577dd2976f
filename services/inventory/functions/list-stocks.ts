import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { stockList } from '../adapters/stock-table.ts'
import { listStocksHandler } from '../handlers/stock.ts'

export const handler = listStocksHandler(stockList(tableFromEnv()))
