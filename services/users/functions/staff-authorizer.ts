import * as z from 'zod'
import { readEnv } from '#shared/lambda/env.ts'
import { IssuersJson, oidcTokens } from '../adapters/oidc-tokens.ts'
import { staffAuthorizerHandler } from '../handlers/staff-authorizer.ts'

const env = readEnv(z.object({ ISSUERS: IssuersJson, STAFF_GROUP: z.string().min(1) }))

export const handler = staffAuthorizerHandler(oidcTokens(env.ISSUERS), env.STAFF_GROUP)
