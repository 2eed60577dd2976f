import { changeDependencies } from '../adapters/change-dependencies.ts'
import { orderReader } from '../adapters/order-table.ts'
import { anonymiseOrdersHandler } from '../handlers/anonymise-orders.ts'

const { table, orders, ...dependencies } = changeDependencies()

export const handler = anonymiseOrdersHandler({ ...dependencies, orders: { ...orderReader(table), ...orders } })
