import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { realBackoff } from '#shared/retry.ts'
import { wholeNumber } from '#shared/text.ts'
import { overdueHoldsTable } from '../adapters/overdue-holds-table.ts'
import { stockTable } from '../adapters/stock-table.ts'
import { releaseExpiredHandler } from '../handlers/release-expired.ts'
import { reservationBackoff } from '../use-cases/change-reservations.ts'

const env = readEnv(z.object({ LOW_STOCK_THRESHOLD: wholeNumber({ min: 1 }), HOLD_MINUTES: wholeNumber({ min: 1 }) }))
const table = tableFromEnv()

export const handler = releaseExpiredHandler({
  ledger: stockTable(table),
  holds: overdueHoldsTable(table),
  now: () => new Date(),
  backoff: realBackoff(reservationBackoff),
  lowStockThreshold: env.LOW_STOCK_THRESHOLD,
  holdMs: env.HOLD_MINUTES * 60_000,
})
