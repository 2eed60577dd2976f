import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { S3Client } from '@aws-sdk/client-s3'
import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { clientConfiguration } from '#shared/lambda/client-configuration.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { mediaLinks } from '../adapters/media-links.ts'
import { poolAccounts } from '../adapters/pool-accounts.ts'
import { profileTable } from '../adapters/profile-table.ts'
import { getMeHandler } from '../handlers/me.ts'

const env = readEnv(z.object({ MEDIA_BUCKET: z.string().min(1) }))

export const handler = getMeHandler({
  profiles: profileTable(tableFromEnv()),
  accounts: poolAccounts(new CognitoIdentityProviderClient(clientConfiguration)),
  links: mediaLinks(new S3Client(clientConfiguration), env.MEDIA_BUCKET),
  now: () => new Date(),
})
