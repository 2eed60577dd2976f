import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { wholeNumber } from '#shared/text.ts'
import { orderReader } from '../adapters/order-table.ts'
import { findWaitingOrdersHandler } from '../handlers/find-stuck-orders.ts'

const { WINDOW_MINUTES } = readEnv(z.object({ WINDOW_MINUTES: wholeNumber({ min: 1 }) }))

export const handler = findWaitingOrdersHandler({
  orders: orderReader(tableFromEnv()),
  windowMs: WINDOW_MINUTES * 60_000,
})
