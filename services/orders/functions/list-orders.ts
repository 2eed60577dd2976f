import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { orderReader } from '../adapters/order-table.ts'
import { listOrdersHandler } from '../handlers/read-orders.ts'

export const handler = listOrdersHandler(orderReader(tableFromEnv()))
