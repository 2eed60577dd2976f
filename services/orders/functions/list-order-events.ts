import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { orderReader } from '../adapters/order-table.ts'
import { listOrderEventsHandler } from '../handlers/read-orders.ts'

export const handler = listOrderEventsHandler(orderReader(tableFromEnv()))
