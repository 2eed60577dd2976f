import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { cachedSecret } from '#shared/lambda/secret.ts'
import { sandboxProvider } from '../adapters/sandbox-provider.ts'
import { settlement } from '../adapters/settlement.ts'
import { receiveWebhookHandler } from '../handlers/receive-webhook.ts'

const { WEBHOOK_SECRET_ARN } = readEnv(z.object({ WEBHOOK_SECRET_ARN: z.string().min(1) }))
const table = tableFromEnv()

export const handler = receiveWebhookHandler({
  ...settlement(table, sandboxProvider(table)),
  secret: cachedSecret(WEBHOOK_SECRET_ARN),
})
