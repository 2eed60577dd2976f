import * as z from 'zod'
import { createDocumentClient } from '#shared/dynamodb/document-client.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { stockTable } from '../adapters/stock-table.ts'
import { getStockHandler } from '../handlers/get-stock.ts'

const env = readEnv(z.object({ TABLE_NAME: z.string().min(1) }))

export const handler = getStockHandler(stockTable({ client: createDocumentClient(), name: env.TABLE_NAME }))
