import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { orderReader } from '../adapters/order-table.ts'
import { watchOrderHandler } from '../handlers/watch-order.ts'

export const handler = watchOrderHandler(orderReader(tableFromEnv()))
