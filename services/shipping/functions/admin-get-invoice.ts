import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { documentMaker } from '../adapters/document-maker.ts'
import { adminGetInvoiceHandler } from '../handlers/documents.ts'

export const handler = adminGetInvoiceHandler(documentMaker(tableFromEnv()))
