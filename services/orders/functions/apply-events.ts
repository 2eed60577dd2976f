import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { realBackoff } from '#shared/retry.ts'
import { orderChanges } from '../adapters/order-table.ts'
import { applyEventsHandler } from '../handlers/apply-events.ts'

export const handler = applyEventsHandler({
  orders: orderChanges(tableFromEnv()),
  now: () => new Date(),
  backoff: realBackoff({ attempts: 5, baseMs: 25, maxMs: 400 }),
})
