import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { wholeNumber } from '#shared/text.ts'
import { sandboxProvider } from '../adapters/sandbox-provider.ts'
import { settlement } from '../adapters/settlement.ts'
import { findStuckPaymentsHandler } from '../handlers/find-stuck-payments.ts'

const { PATIENCE_MINUTES } = readEnv(z.object({ PATIENCE_MINUTES: wholeNumber({ min: 1 }) }))
const table = tableFromEnv()

export const handler = findStuckPaymentsHandler({
  ...settlement(table, sandboxProvider(table)),
  patienceMs: PATIENCE_MINUTES * 60_000,
})
