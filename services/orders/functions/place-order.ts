import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { newId } from '#shared/ids.ts'
import { realBackoff } from '#shared/retry.ts'
import { placementTable, priceTable } from '../adapters/placement-table.ts'
import { placeOrderHandler } from '../handlers/place-order.ts'

const table = tableFromEnv()

export const handler = placeOrderHandler({
  prices: priceTable(table),
  placements: placementTable(table),
  now: () => new Date(),
  newOrderId: (time) => newId('ord', time),
  backoff: realBackoff({ attempts: 6, baseMs: 25, maxMs: 400 }),
})
