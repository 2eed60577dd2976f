import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { realBackoff } from '#shared/retry.ts'
import { profileTable } from '../adapters/profile-table.ts'
import { deleteMeHandler } from '../handlers/me.ts'

export const handler = deleteMeHandler({
  profiles: profileTable(tableFromEnv()),
  now: () => new Date(),
  backoff: realBackoff({ attempts: 4, baseMs: 25, maxMs: 200 }),
})
