import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { clientConfiguration } from '#shared/lambda/client-configuration.ts'
import { poolAccounts } from '../adapters/pool-accounts.ts'
import { profileTable } from '../adapters/profile-table.ts'
import { patchMeHandler } from '../handlers/me.ts'

export const handler = patchMeHandler({
  profiles: profileTable(tableFromEnv()),
  accounts: poolAccounts(new CognitoIdentityProviderClient(clientConfiguration)),
  now: () => new Date(),
})
