import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { cachedSecret } from '#shared/lambda/secret.ts'
import { settlement } from '../adapters/settlement.ts'
import { stripeFromEnv } from '../adapters/stripe-provider.ts'
import { receiveWebhookHandler } from '../handlers/receive-webhook.ts'

const { WEBHOOK_SECRET_ARN } = readEnv(z.object({ WEBHOOK_SECRET_ARN: z.string().min(1) }))

export const handler = receiveWebhookHandler({
  ...settlement(tableFromEnv(), stripeFromEnv()),
  secret: cachedSecret(WEBHOOK_SECRET_ARN),
})
