import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { cachedSecret } from '#shared/lambda/secret.ts'
import { shipmentTable } from '../adapters/shipment-table.ts'
import { receiveWebhookHandler } from '../handlers/deliver-shipment.ts'

const { WEBHOOK_SECRET_ARN } = readEnv(z.object({ WEBHOOK_SECRET_ARN: z.string().min(1) }))

export const handler = receiveWebhookHandler({
  shipments: shipmentTable(tableFromEnv()),
  now: () => new Date(),
  secret: cachedSecret(WEBHOOK_SECRET_ARN),
})
