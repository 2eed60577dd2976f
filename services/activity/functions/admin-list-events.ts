import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { logReader } from '../adapters/log-table.ts'
import { adminListEventsHandler } from '../handlers/list-events.ts'

export const handler = adminListEventsHandler(logReader(tableFromEnv()), () => new Date())
