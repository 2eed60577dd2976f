import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { profileTable } from '../adapters/profile-table.ts'
import { registerUserHandler } from '../handlers/register-user.ts'

export const handler = registerUserHandler(profileTable(tableFromEnv()), () => new Date())
