import * as z from 'zod'
import { codeRateTable } from '#services/pricing/code-rate-table.ts'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { customerApi } from '#shared/customer-api.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { realBackoff } from '#shared/retry.ts'
import { wholeNumber } from '#shared/text.ts'
import { apiCustomers } from '../adapters/api-customers.ts'
import { placementTable } from '../adapters/placement-table.ts'
import { placeOrderHandler } from '../handlers/place-order.ts'

const env = readEnv(z.object({ API_URL: z.url(), ORDERS_PER_MINUTE: wholeNumber({ min: 1 }) }))
const table = tableFromEnv()

export const handler = placeOrderHandler({
  codeRates: codeRateTable(table),
  placements: placementTable(table),
  customers: apiCustomers(customerApi(env.API_URL)),
  now: () => new Date(),
  ordersPerMinute: env.ORDERS_PER_MINUTE,
  backoff: realBackoff({ attempts: 6, baseMs: 25, maxMs: 400 }),
})
