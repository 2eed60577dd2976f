import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { customerDirectory, orderReader } from '../adapters/order-table.ts'
import { adminListOrdersHandler } from '../handlers/read-orders.ts'

const table = tableFromEnv()

export const handler = adminListOrdersHandler({
  orders: orderReader(table),
  customers: customerDirectory(table),
  now: () => new Date(),
})
