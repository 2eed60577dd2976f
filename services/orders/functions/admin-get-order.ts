import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { orderReader } from '../adapters/order-table.ts'
import { adminGetOrderHandler } from '../handlers/read-orders.ts'

export const handler = adminGetOrderHandler(orderReader(tableFromEnv()))
