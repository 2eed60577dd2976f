import * as z from 'zod'
import { createDocumentClient } from '#shared/dynamodb/document-client.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { profileTable } from '../adapters/profile-table.ts'
import { getMeHandler } from '../handlers/get-me.ts'

const env = readEnv(z.object({ TABLE_NAME: z.string().min(1) }))

export const handler = getMeHandler(profileTable({ client: createDocumentClient(), name: env.TABLE_NAME }))
