import * as z from 'zod'
import { createDocumentClient } from '#shared/dynamodb/document-client.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { realBackoff } from '#shared/retry.ts'
import { orderChanges } from '../adapters/order-table.ts'
import { applyStockAnswerHandler } from '../handlers/apply-stock-answer.ts'

const env = readEnv(z.object({ TABLE_NAME: z.string().min(1) }))

export const handler = applyStockAnswerHandler({
  orders: orderChanges({ client: createDocumentClient(), name: env.TABLE_NAME }),
  now: () => new Date(),
  backoff: realBackoff({ attempts: 5, baseMs: 25, maxMs: 400 }),
})
