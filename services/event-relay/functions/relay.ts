import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import * as z from 'zod'
import { clientConfiguration } from '#shared/lambda/client-configuration.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { eventBridge } from '../adapters/event-bridge.ts'
import { relayHandler } from '../handlers/relay.ts'

const env = readEnv(z.object({ EVENT_BUS_NAME: z.string().min(1) }))

export const handler = relayHandler(eventBridge(new EventBridgeClient(clientConfiguration), env.EVENT_BUS_NAME))
