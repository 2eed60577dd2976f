import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import * as z from 'zod'
import { clientConfiguration } from '#shared/lambda/client-configuration.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { poolAccountRemoval } from '../adapters/pool-accounts.ts'
import { deleteAccountHandler } from '../handlers/delete-account.ts'

const env = readEnv(z.object({ USER_POOL_ID: z.string().min(1) }))

export const handler = deleteAccountHandler(
  poolAccountRemoval(new CognitoIdentityProviderClient(clientConfiguration), env.USER_POOL_ID),
)
