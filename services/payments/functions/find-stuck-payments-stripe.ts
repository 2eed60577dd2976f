import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { wholeNumber } from '#shared/text.ts'
import { settlement } from '../adapters/settlement.ts'
import { stripeFromEnv } from '../adapters/stripe-provider.ts'
import { findStuckPaymentsHandler } from '../handlers/find-stuck-payments.ts'

const { PATIENCE_MINUTES } = readEnv(z.object({ PATIENCE_MINUTES: wholeNumber({ min: 1 }) }))

export const handler = findStuckPaymentsHandler({
  ...settlement(tableFromEnv(), stripeFromEnv()),
  patienceMs: PATIENCE_MINUTES * 60_000,
})
