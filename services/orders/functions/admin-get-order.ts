import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { customerDirectory, orderReader, paymentBalances } from '../adapters/order-table.ts'
import { adminGetOrderHandler } from '../handlers/read-orders.ts'

const table = tableFromEnv()

export const handler = adminGetOrderHandler({
  orders: orderReader(table),
  customers: customerDirectory(table),
  payments: paymentBalances(table),
})
