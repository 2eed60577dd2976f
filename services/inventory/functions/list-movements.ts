import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { movementTable } from '../adapters/movement-table.ts'
import { stockTable } from '../adapters/stock-table.ts'
import { listMovementsHandler } from '../handlers/stock.ts'

const table = tableFromEnv()

export const handler = listMovementsHandler(stockTable(table), movementTable(table))
