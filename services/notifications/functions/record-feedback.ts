import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { suppressionTable } from '../adapters/suppression-table.ts'
import { recordFeedbackHandler } from '../handlers/record-feedback.ts'

export const handler = recordFeedbackHandler({ suppressions: suppressionTable(tableFromEnv()), now: () => new Date() })
