import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { customerDirectory, orderReader } from '../adapters/order-table.ts'
import { adminGetOrderHandler } from '../handlers/read-orders.ts'

const table = tableFromEnv()

export const handler = adminGetOrderHandler(orderReader(table), customerDirectory(table))
