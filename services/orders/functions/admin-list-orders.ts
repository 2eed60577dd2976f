import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { orderReader } from '../adapters/order-table.ts'
import { adminListOrdersHandler } from '../handlers/read-orders.ts'

export const handler = adminListOrdersHandler(orderReader(tableFromEnv()), () => new Date())
