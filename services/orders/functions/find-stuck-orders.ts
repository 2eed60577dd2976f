import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { nameList, readEnv } from '#shared/lambda/env.ts'
import { orderReader } from '../adapters/order-table.ts'
import { findStuckOrdersHandler } from '../handlers/find-stuck-orders.ts'

const minutes = z.string().regex(/^\d+$/).transform(Number)

const { INSTALLED_SERVICES, PATIENCE_MINUTES, WINDOW_MINUTES } = readEnv(
  z.object({
    INSTALLED_SERVICES: nameList,
    PATIENCE_MINUTES: minutes,
    WINDOW_MINUTES: minutes,
  }),
)

export const handler = findStuckOrdersHandler({
  orders: orderReader(tableFromEnv()),
  installedServices: INSTALLED_SERVICES,
  patienceMs: PATIENCE_MINUTES * 60_000,
  windowMs: WINDOW_MINUTES * 60_000,
})
