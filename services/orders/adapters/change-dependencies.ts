import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { nameList, readEnv } from '#shared/lambda/env.ts'
import { realBackoff } from '#shared/retry.ts'
import { finalStatuses } from '../domain/transitions.ts'
import { requestedChanges } from './order-table.ts'

/** What the functions that change an order on request need, from their environment. */
export function changeDependencies() {
  const { INSTALLED_SERVICES } = readEnv(z.object({ INSTALLED_SERVICES: nameList }))
  const table = tableFromEnv()
  return {
    table,
    orders: requestedChanges(table),
    finalStatuses: finalStatuses(INSTALLED_SERVICES),
    now: () => new Date(),
    backoff: realBackoff({ attempts: 5, baseMs: 25, maxMs: 400 }),
  }
}
