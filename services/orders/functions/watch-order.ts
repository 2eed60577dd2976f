import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { orderReader } from '../adapters/order-table.ts'
import { watchOrderHandler } from '../handlers/watch-order.ts'

/** Names of services, separated by commas. */
const { INSTALLED_SERVICES } = readEnv(z.object({ INSTALLED_SERVICES: z.string().min(1) }))

export const handler = watchOrderHandler(orderReader(tableFromEnv()), INSTALLED_SERVICES.split(','))
