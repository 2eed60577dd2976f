import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { orderReader } from '../adapters/order-table.ts'
import { listOrderEventsHandler } from '../handlers/list-order-events.ts'

export const handler = listOrderEventsHandler(orderReader(tableFromEnv()))
