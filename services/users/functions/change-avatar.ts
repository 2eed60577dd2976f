import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { profileTable } from '../adapters/profile-table.ts'
import { changeAvatarHandler } from '../handlers/change-avatar.ts'

export const handler = changeAvatarHandler(profileTable(tableFromEnv()))
