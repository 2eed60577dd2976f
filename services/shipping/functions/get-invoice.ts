import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { documentMaker } from '../adapters/document-maker.ts'
import { getInvoiceHandler } from '../handlers/documents.ts'

export const handler = getInvoiceHandler(documentMaker(tableFromEnv()))
