import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { realBackoff } from '#shared/retry.ts'
import { wholeNumber } from '#shared/text.ts'
import { stockTable } from '../adapters/stock-table.ts'
import { settleReservationsHandler } from '../handlers/settle-reservations.ts'
import { reservationBackoff } from '../use-cases/change-reservations.ts'

const env = readEnv(z.object({ LOW_STOCK_THRESHOLD: wholeNumber({ min: 1 }) }))

export const handler = settleReservationsHandler({
  ledger: stockTable(tableFromEnv()),
  now: () => new Date(),
  backoff: realBackoff(reservationBackoff),
  lowStockThreshold: env.LOW_STOCK_THRESHOLD,
})
