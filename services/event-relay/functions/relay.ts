import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { S3Client } from '@aws-sdk/client-s3'
import * as z from 'zod'
import { clientConfiguration } from '#shared/lambda/client-configuration.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { eventBridge } from '../adapters/event-bridge.ts'
import { unpublishedBucket } from '../adapters/unpublished-bucket.ts'
import { relayHandler } from '../handlers/relay.ts'

const env = readEnv(z.object({ EVENT_BUS_NAME: z.string().min(1), UNPUBLISHED_BUCKET_NAME: z.string().min(1) }))

export const handler = relayHandler({
  bus: eventBridge(new EventBridgeClient(clientConfiguration), env.EVENT_BUS_NAME),
  unpublished: unpublishedBucket(new S3Client(clientConfiguration), env.UNPUBLISHED_BUCKET_NAME),
})
