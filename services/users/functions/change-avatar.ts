import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { clientConfiguration } from '#shared/lambda/client-configuration.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { poolAccountLookup } from '../adapters/pool-accounts.ts'
import { profileTable } from '../adapters/profile-table.ts'
import { changeAvatarHandler } from '../handlers/change-avatar.ts'

const env = readEnv(z.object({ USER_POOL_ID: z.string().min(1) }))

export const handler = changeAvatarHandler({
  profiles: profileTable(tableFromEnv()),
  accounts: poolAccountLookup(new CognitoIdentityProviderClient(clientConfiguration), env.USER_POOL_ID),
  now: () => new Date(),
})
