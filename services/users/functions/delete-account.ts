import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { clientConfiguration } from '#shared/lambda/client-configuration.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { realBackoff } from '#shared/retry.ts'
import { poolAccountRemoval } from '../adapters/pool-accounts.ts'
import { profileTable } from '../adapters/profile-table.ts'
import { deleteAccountHandler } from '../handlers/delete-account.ts'

const env = readEnv(z.object({ USER_POOL_ID: z.string().min(1) }))

export const handler = deleteAccountHandler({
  profiles: profileTable(tableFromEnv()),
  accounts: poolAccountRemoval(new CognitoIdentityProviderClient(clientConfiguration), env.USER_POOL_ID),
  now: () => new Date(),
  backoff: realBackoff({ attempts: 4, baseMs: 25, maxMs: 200 }),
})
