import * as z from 'zod'
import { createDocumentClient } from '#shared/dynamodb/document-client.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { orderReader } from '../adapters/order-table.ts'
import { watchOrderHandler } from '../handlers/watch-order.ts'

const env = readEnv(z.object({ TABLE_NAME: z.string().min(1) }))

export const handler = watchOrderHandler(orderReader({ client: createDocumentClient(), name: env.TABLE_NAME }))
