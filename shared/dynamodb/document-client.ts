import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'

/** Made once at module scope of a function; region, keys and endpoint come from the environment. */
export const createDocumentClient = (client = new DynamoDBClient()): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })

/** What a store needs to reach the table. */
export interface Table {
  readonly client: DynamoDBDocumentClient
  readonly name: string
}
