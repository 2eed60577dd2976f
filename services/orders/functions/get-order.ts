import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { orderReader } from '../adapters/order-table.ts'
import { getOrderHandler } from '../handlers/read-orders.ts'

export const handler = getOrderHandler(orderReader(tableFromEnv()))
