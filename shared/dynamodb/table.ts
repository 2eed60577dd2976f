import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { clientConfiguration } from '../lambda/client-configuration.ts'
import { readEnv } from '../lambda/env.ts'

/** What a store needs to reach the table. */
export interface Table {
  readonly client: DynamoDBDocumentClient
  readonly name: string
}

/** Region, credentials and endpoint come from the environment. */
export const createDocumentClient = (client = new DynamoDBClient(clientConfiguration)): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })

/** The table of TABLE_NAME, with a client that an entry creates once at module scope. */
export const tableFromEnv = (): Table => ({
  name: readEnv(z.object({ TABLE_NAME: z.string().min(1) })).TABLE_NAME,
  client: createDocumentClient(),
})
