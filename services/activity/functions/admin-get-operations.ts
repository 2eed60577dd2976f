import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { clientConfiguration } from '#shared/lambda/client-configuration.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { stageOperations } from '../adapters/stage-operations.ts'
import { adminGetOperationsHandler } from '../handlers/get-operations.ts'

const { NAME_PREFIX } = readEnv(z.object({ NAME_PREFIX: z.string().min(1) }))

const [sqs, cloudWatch] = [new SQSClient(clientConfiguration), new CloudWatchClient(clientConfiguration)]

export const handler = adminGetOperationsHandler(stageOperations(sqs, cloudWatch, NAME_PREFIX))
