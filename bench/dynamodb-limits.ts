import { TransactionCanceledException, type TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Table } from '#shared/dynamodb/table.ts'
import type { VirtualTime } from './virtual-time.ts'

/**
 * "By default, every partition in a DynamoDB table is designed to deliver a maximum capacity of 3,000 read units per second
 * and 1,000 write units per second" (DynamoDB Developer Guide, "Best practices for designing and using partition keys").
 */
const partitionUnitsPerSecond = 1000

/** Assumed durations, seen by the client; a read's varies. */
const durations = { transactionMs: 10, readMs: 5 } as const

export interface TransactionCounts {
  committed: number
  conflicts: number
  /** Conditions that failed, since another transaction had changed the stock after it was read. */
  stale: number
  throttled: number
}

/**
 * Adds to an embedded table DynamoDB's behaviour under load, in virtual time: calls take a while,
 * transactions that overlap on an item are rejected ("Transaction is ongoing for the item"), a partition key takes 1,000
 * write units per second, in the table and in an index, and a transactional write costs two units per KB. The limits of
 * one transaction (100 items, 4 MB, no item twice) are those of the embedded table.
 * @param around a random duration with this mean
 */
export function addLimits({ client }: Table, time: VirtualTime, around: (ms: number) => number): TransactionCounts {
  const counts: TransactionCounts = { committed: 0, conflicts: 0, stale: 0, throttled: 0 }
  const ongoing = new Set<string>()
  const used = new Map<string, number>()

  const use = ({ partition, units }: Write): boolean => {
    const key = `${Math.floor(time.nowMs / 1000)} ${partition}`
    const total = (used.get(key) ?? 0) + units
    used.set(key, total)
    return total <= partitionUnitsPerSecond
  }

  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (call) => {
        if (commandName === 'BatchGetItemCommand') {
          await time.sleep(around(durations.readMs / 2))
          const result = await next(call)
          await time.sleep(around(durations.readMs / 2))
          return result
        }
        if (commandName !== 'TransactWriteItemsCommand') return next(call)
        const { TransactItems = [] } = call.input as { TransactItems?: TransactWriteItem[] }
        const writes = TransactItems.map(writesOf)
        const reasons = writes.map((ofItem) => {
          // A rejected transaction costs what a successful one does.
          const isWithinLimit = ofItem.map(use).every(Boolean)
          if (ongoing.has(ofItem[0]!.item)) return 'TransactionConflict'
          return isWithinLimit ? 'None' : 'ThrottlingError'
        })
        const isRejected = reasons.some((reason) => reason !== 'None')
        const items = isRejected ? [] : writes.map(([write]) => write!.item)
        for (const item of items) ongoing.add(item)
        await time.sleep(durations.transactionMs)
        for (const item of items) ongoing.delete(item)
        if (isRejected) {
          counts[reasons.includes('TransactionConflict') ? 'conflicts' : 'throttled'] += 1
          throw cancelled(reasons)
        }
        try {
          const result = await next(call)
          counts.committed += 1
          return result
        } catch (error) {
          if (error instanceof TransactionCanceledException) counts.stale += 1
          throw error
        }
      },
    { step: 'build', priority: 'high' },
  )
  return counts
}

interface Write {
  readonly item: string
  readonly partition: string
  readonly units: number
}

/** The write of the item, then those of its index entries. JSON is longer than what DynamoDB stores. */
function writesOf({ Put, Update }: TransactWriteItem): Write[] {
  const key = Put?.Item ?? Update?.Key
  if (!key) throw new Error('Only Put and Update are modelled.')
  const item = `${key['PK']!.S}|${key['SK']!.S}`
  const kilobytes = Math.ceil(JSON.stringify(Put?.Item ?? Update?.ExpressionAttributeValues).length / 1024)
  const entries = [Put?.Item?.['GSI1PK'], Put?.Item?.['GSI2PK']].flatMap((partition, index) =>
    partition ? [{ item, partition: `GSI${index + 1} ${partition.S}`, units: 1 }] : [],
  )
  return [{ item, partition: key['PK']!.S!, units: 2 * kilobytes }, ...entries]
}

const cancelled = (reasons: readonly string[]) =>
  new TransactionCanceledException({
    message: 'Transaction cancelled, please refer cancellation reasons for specific reasons',
    $metadata: {},
    CancellationReasons: reasons.map((Code) => ({ Code })),
  })
