import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import * as z from 'zod'
import { readEnv } from '#shared/lambda/env.ts'
import { IssuersJson, oidcTokens } from '../adapters/oidc-tokens.ts'
import { poolClientConfiguration, poolMembers } from '../adapters/pool-members.ts'
import { staffAuthorizerHandler } from '../handlers/staff-authorizer.ts'

const env = readEnv(
  z.object({ ISSUERS: IssuersJson, STAFF_GROUP: z.string().min(1), STAFF_MFA: z.enum(['true', 'false']) }),
)

export const handler = staffAuthorizerHandler({
  tokens: oidcTokens(env.ISSUERS),
  members: poolMembers(new CognitoIdentityProviderClient(poolClientConfiguration)),
  staffGroup: env.STAFF_GROUP,
  requiresMfa: env.STAFF_MFA === 'true',
})
