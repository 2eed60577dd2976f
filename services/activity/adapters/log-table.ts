import { PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { dayMs, daySeconds } from '#shared/days.ts'
import { conditionalWrite } from '#shared/dynamodb/conditional-write.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { retryWhileContended, type Backoff } from '#shared/retry.ts'
import { withoutDuplicates, type RecordedEvent } from '../domain/recorded-event.ts'
import { batchKey, logPartition, positionOf, startKey } from '../keys.ts'
import { keptDays, type EventLog, type LogCursor } from '../ports.ts'
import { compressed, decompressed } from './event-batch.ts'

const StoredBatch = z.object({
  SK: z.string(),
  /** Compressed, see event-batch.ts. */
  batch: z.instanceof(Uint8Array),
  expiresAt: z.int(),
})

const Start = z.object({ startMs: z.int() })

/**
 * One item for each batch, at the position after the last one, on condition that the position is free. So positions have no
 * gap that a slower writer could fill later, and a reader who has seen a position has seen all before it. Reads are
 * consistent for the same reason.
 */
export const logWriter = (table: Table, backoff: Backoff): Pick<EventLog, 'append'> => ({
  async append(events, now) {
    for (const batch of compressed(events)) {
      const isWritten = await retryWhileContended(
        backoff,
        () => put(table, batch, now),
        (written) => !written,
      )
      if (!isWritten) throw new Error('Other writers were faster in all attempts to append to the log.')
    }
  },
})

export const logReader = (table: Table): Pick<EventLog, 'latest' | 'after'> => ({
  async latest(limit, now) {
    const items: RecordedEvent[] = []
    let next: LogCursor = { position: 0, index: 0 }
    for await (const { position, batch } of batches(table, { now, descending: true })) {
      if (next.position === 0) next = { position: position + 1, index: 0 }
      items.unshift(...batch)
      const distinct = withoutDuplicates(items)
      if (distinct.length >= limit) return { items: distinct.slice(-limit).toReversed(), next }
    }
    return { items: withoutDuplicates(items).toReversed(), next }
  },

  async after(cursor, limit, now) {
    const items: RecordedEvent[] = []
    let next = cursor
    for await (const { position, batch } of batches(table, { now, from: cursor.position })) {
      const first = position === cursor.position ? cursor.index : 0
      for (const [index, event] of batch.entries()) {
        if (index < first) continue
        if (items.length === limit) return { items, next }
        if (!items.some(({ id }) => id === event.id)) items.push(event)
        next = { position, index: index + 1 }
      }
      next = { position: position + 1, index: 0 }
    }
    return { items, next }
  },
})

/** @returns false when another writer took the position */
async function put(table: Table, batch: Uint8Array, now: Date): Promise<boolean> {
  const last = await lastPosition(table, now)
  const position = last === undefined ? await startPosition(table, now) : last + 1
  const expiresAt = Math.floor(now.getTime() / 1000) + keptDays * daySeconds
  const { ok } = await conditionalWrite(
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: { ...batchKey(position), batch, expiresAt },
        ConditionExpression: 'attribute_not_exists(PK)',
      }),
    ),
  )
  return ok
}

/**
 * @returns undefined when no item of the last days exists: expired items are deleted in any order, so the last may be
 * deleted first
 */
async function lastPosition(table: Table, now: Date): Promise<number | undefined> {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      ConsistentRead: true,
      KeyConditionExpression: 'PK = :log',
      ExpressionAttributeValues: { ':log': logPartition },
      ProjectionExpression: 'SK, expiresAt',
      ScanIndexForward: false,
      Limit: 1,
    }),
  )
  const [last] = Items
  return last && last['expiresAt'] * 1000 > now.getTime() ? positionOf(last['SK']) : undefined
}

/**
 * Where an empty log begins: the time, which is above all earlier positions, since fewer than 1,000 batches are written in a
 * second. It is stored, so that writers who begin at the same time begin at the same position.
 */
async function startPosition(table: Table, now: Date): Promise<number> {
  const startMs = now.getTime()
  const written = await conditionalWrite(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: startKey,
        UpdateExpression: 'SET startMs = :now',
        // A batch of a later start is still stored, so the log would not be empty.
        ConditionExpression: 'attribute_not_exists(startMs) OR startMs <= :expired',
        ExpressionAttributeValues: { ':now': startMs, ':expired': startMs - keptDays * dayMs },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  )
  return written.ok ? startMs : Start.parse(written.failure).startMs
}

/** More batches are rarely needed, and each one read is billed. */
const maxQueriedBatches = 32

/** The batches that are not expired, in pages that grow: most readers need the first one or none. */
async function* batches(
  table: Table,
  { now, descending = false, from = 0 }: { readonly now: Date; readonly descending?: boolean; readonly from?: number },
): AsyncGenerator<{ position: number; batch: RecordedEvent[] }> {
  let ExclusiveStartKey: Record<string, unknown> | undefined
  let limit = 1
  do {
    const { Items = [], LastEvaluatedKey } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        ConsistentRead: true,
        KeyConditionExpression: 'PK = :log AND SK >= :from',
        ExpressionAttributeValues: { ':log': logPartition, ':from': batchKey(from).SK },
        ScanIndexForward: !descending,
        Limit: limit,
        ExclusiveStartKey,
      }),
    )
    for (const item of Items) {
      const { SK, batch, expiresAt } = StoredBatch.parse(item)
      if (expiresAt * 1000 > now.getTime()) yield { position: positionOf(SK), batch: decompressed(batch) }
    }
    ExclusiveStartKey = LastEvaluatedKey
    limit = Math.min(2 * limit, maxQueriedBatches)
  } while (ExclusiveStartKey)
}
