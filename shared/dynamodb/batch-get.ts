import { BatchGetCommand, type BatchGetCommandInput } from '@aws-sdk/lib-dynamodb'
import { realBackoff, retryWhileContended } from '../retry.ts'
import { ThrottledError } from '../throttle.ts'
import type { Table } from './table.ts'

export interface Key {
  readonly PK: string
  readonly SK: string
}

export type Item = Record<string, unknown>
type KeysToRead = NonNullable<NonNullable<BatchGetCommandInput['RequestItems']>[string]['Keys']>

const defaultBackoff = realBackoff({ attempts: 6, baseMs: 20, maxMs: 500 })

/**
 * Reads up to 100 items by distinct keys. The order is undefined, and absent items are omitted. Unprocessed keys are
 * retried with jittered pauses.
 * @throws ThrottledError when keys stay unprocessed
 */
export async function batchGet(
  table: Table,
  keys: readonly Key[],
  { consistent = false, attributes }: { consistent?: boolean; attributes?: readonly string[] } = {},
  backoff = defaultBackoff,
): Promise<Item[]> {
  if (keys.length === 0) return []
  const found: Item[] = []
  let remaining: KeysToRead = keys.map(({ PK, SK }) => ({ PK, SK }))
  const left = await retryWhileContended(
    backoff,
    async () => {
      const { Responses = {}, UnprocessedKeys = {} } = await table.client.send(
        new BatchGetCommand({
          RequestItems: { [table.name]: { Keys: remaining, ConsistentRead: consistent, ...projection(attributes) } },
        }),
      )
      found.push(...(Responses[table.name] ?? []))
      remaining = UnprocessedKeys[table.name]?.Keys ?? []
      return remaining.length
    },
    (count) => count > 0,
  )
  if (left > 0) throw new ThrottledError(`${left} of ${keys.length} items were not processed.`)
  return found
}

/** Names are placeholders, since `name` and `status` are reserved words. The key is always included. */
function projection(attributes: readonly string[] | undefined) {
  if (!attributes) return {}
  const names = ['PK', 'SK', ...attributes]
  return {
    ProjectionExpression: names.map((_, index) => `#a${index}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#a${index}`, name])),
  }
}
