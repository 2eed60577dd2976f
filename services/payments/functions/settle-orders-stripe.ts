import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { settlement } from '../adapters/settlement.ts'
import { stripeFromEnv } from '../adapters/stripe-provider.ts'
import { settleOrdersHandler } from '../handlers/settle-orders.ts'

export const handler = settleOrdersHandler(settlement(tableFromEnv(), stripeFromEnv()))
