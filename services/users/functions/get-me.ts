import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { profileTable } from '../adapters/profile-table.ts'
import { getMeHandler } from '../handlers/get-me.ts'

export const handler = getMeHandler(profileTable(tableFromEnv()))
