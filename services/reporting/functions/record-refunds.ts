import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { refundTable } from '../adapters/refund-table.ts'
import { recordRefundsHandler } from '../handlers/record-refunds.ts'

export const handler = recordRefundsHandler(refundTable(tableFromEnv()))
