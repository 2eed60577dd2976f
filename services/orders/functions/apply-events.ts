import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { nameList, readEnv } from '#shared/lambda/env.ts'
import { realBackoff } from '#shared/retry.ts'
import { orderChanges } from '../adapters/order-table.ts'
import { finalStatuses } from '../domain/transitions.ts'
import { applyEventsHandler } from '../handlers/apply-events.ts'

const { INSTALLED_SERVICES } = readEnv(z.object({ INSTALLED_SERVICES: nameList }))

export const handler = applyEventsHandler({
  orders: orderChanges(tableFromEnv()),
  finalStatuses: finalStatuses(INSTALLED_SERVICES),
  now: () => new Date(),
  backoff: realBackoff({ attempts: 5, baseMs: 25, maxMs: 400 }),
})
