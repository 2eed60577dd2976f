import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { sandboxProvider } from '../adapters/sandbox-provider.ts'
import { settleOrdersHandler } from '../handlers/settle-orders.ts'
import { settlement } from '../adapters/settlement.ts'

const table = tableFromEnv()

export const handler = settleOrdersHandler(settlement(table, sandboxProvider(table)))
