import * as z from 'zod'
import { createDocumentClient } from '#shared/dynamodb/document-client.ts'
import { newId } from '#shared/ids.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { realBackoff } from '#shared/retry.ts'
import { placementTable } from '../adapters/placement-table.ts'
import { priceTable } from '../adapters/price-table.ts'
import { placeOrderHandler } from '../handlers/place-order.ts'

const env = readEnv(z.object({ TABLE_NAME: z.string().min(1) }))
const table = { client: createDocumentClient(), name: env.TABLE_NAME }

export const handler = placeOrderHandler({
  prices: priceTable(table),
  placements: placementTable(table),
  now: () => new Date(),
  newOrderId: (time) => newId('ord', time),
  backoff: realBackoff({ attempts: 6, baseMs: 25, maxMs: 400 }),
})
