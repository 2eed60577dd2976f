import { GetCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { daySeconds } from '../days.ts'
import {
  idempotencyDays,
  type IdempotentResponse,
  type IdempotentRequest,
  type StoredResponse,
} from '../idempotency.ts'
import type { Table } from './table.ts'
import type { TransactItem } from './transact-write.ts'

const Item = z.object({
  fingerprint: z.string(),
  status: z.int().min(200).max(299),
  headers: z.record(z.string(), z.string()),
  body: z.unknown(),
  /** Seconds since the epoch. */
  expiresAt: z.int(),
})

/** The operation comes first, so that a function's policy can be confined to the records of its own route. */
const recordKey = ({ operation, userId, key }: IdempotentRequest) => ({
  PK: `IDEMPOTENCY#${operation}#${userId}#${key}`,
  SK: 'IDEMPOTENCY',
})

/**
 * The item of a transaction that stores the response to a request in the same write as its effect. Its condition fails,
 * and returns the item that `storedResponse` reads, when the key was used before. DynamoDB deletes expired items up to
 * days late, so the condition itself compares the expiry.
 */
export function idempotencyRecord(
  TableName: string,
  request: IdempotentRequest,
  { status, headers, body }: IdempotentResponse,
  now: Date,
): TransactItem {
  const nowSeconds = Math.floor(now.getTime() / 1000)
  return {
    Put: {
      TableName,
      Item: {
        ...recordKey(request),
        fingerprint: request.fingerprint,
        status,
        headers,
        body,
        expiresAt: nowSeconds + idempotencyDays * daySeconds,
      },
      ConditionExpression: 'attribute_not_exists(PK) OR expiresAt <= :now',
      ExpressionAttributeValues: { ':now': nowSeconds },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  }
}

export function storedResponse(item: unknown): StoredResponse {
  const { fingerprint, status, headers, body } = Item.parse(item)
  return { fingerprint, status, headers, body }
}

/** The response that is stored under the request's key, unless it expired before `now`. */
export async function findStoredResponse(
  table: Table,
  request: IdempotentRequest,
  now: Date,
): Promise<StoredResponse | undefined> {
  const { Item: item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: recordKey(request), ConsistentRead: true }),
  )
  if (!item || Item.parse(item).expiresAt <= Math.floor(now.getTime() / 1000)) return undefined
  return storedResponse(item)
}
