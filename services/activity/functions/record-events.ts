import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { realBackoff } from '#shared/retry.ts'
import { logWriter } from '../adapters/log-table.ts'
import { recordEventsHandler } from '../handlers/record-events.ts'

const backoff = realBackoff({ attempts: 8, baseMs: 20, maxMs: 500 })

export const handler = recordEventsHandler(logWriter(tableFromEnv(), backoff), () => new Date())
