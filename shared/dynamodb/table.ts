import { DynamoDBClient, TransactionCanceledException, TransactionConflictException } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { clientConfiguration } from '../lambda/client-configuration.ts'
import { readEnv } from '../lambda/env.ts'
import { isThrottleCode } from '../throttle.ts'

/** What a store needs to reach the table. */
export interface Table {
  readonly client: DynamoDBDocumentClient
  readonly name: string
}

/** Region, credentials and endpoint come from the environment. */
export function createDocumentClient(client = new DynamoDBClient(clientConfiguration)): DynamoDBDocumentClient {
  client.middlewareStack.add(
    (next) => async (request) => {
      try {
        return await next(request)
      } catch (error) {
        if (isTransient(error)) Object.assign(error, { $retryable: { throttling: true } })
        throw error
      }
    },
    // Within the SDK's retries.
    { step: 'finalizeRequest', priority: 'low' },
  )
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
}

/**
 * Rejections that the SDK does not retry by itself although nothing was written and the same request can succeed: the
 * conflict of a single write with a transaction, and a transaction that was cancelled only by throttling ("Code:
 * ThrottlingError", DynamoDB API reference, TransactWriteItems). A transaction that conflicts with another one is not among
 * them, since its callers read again before they retry.
 */
function isTransient(error: unknown): error is Error {
  if (error instanceof TransactionConflictException) return true
  if (!(error instanceof TransactionCanceledException)) return false
  const codes = (error.CancellationReasons ?? []).flatMap(({ Code }) => (Code === 'None' ? [] : [Code]))
  return codes.length > 0 && codes.every((code) => code !== 'TransactionConflict' && isThrottleCode(code))
}

/** The table of TABLE_NAME, with a client that an entry creates once at module scope. */
export const tableFromEnv = (): Table => ({
  name: readEnv(z.object({ TABLE_NAME: z.string().min(1) })).TABLE_NAME,
  client: createDocumentClient(),
})
