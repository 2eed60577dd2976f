import { BatchGetCommand, type BatchGetCommandInput } from '@aws-sdk/lib-dynamodb'
import { realBackoff, retryWhileContended } from '../retry.ts'
import type { Table } from './document-client.ts'
import { ThrottledError } from './throttled-error.ts'

export interface Key {
  readonly PK: string
  readonly SK: string
}

type Item = Record<string, unknown>
type KeysToAsk = NonNullable<NonNullable<BatchGetCommandInput['RequestItems']>[string]['Keys']>

const patience = realBackoff({ attempts: 6, baseMs: 20, maxMs: 500 })

/**
 * Reads up to 100 items by distinct keys, in no particular order; keys without an item are left out. What DynamoDB leaves unprocessed is asked for again with jittered pauses.
 * @throws ThrottledError when a part stays unprocessed
 */
export async function batchGet(
  table: Table,
  keys: readonly Key[],
  { consistent = false, attributes }: { consistent?: boolean; attributes?: readonly string[] } = {},
  backoff = patience,
): Promise<Item[]> {
  if (keys.length === 0) return []
  const found: Item[] = []
  let remaining: KeysToAsk = keys.map(({ PK, SK }) => ({ PK, SK }))
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
  if (left > 0) throw new ThrottledError(`${left} of ${keys.length} items stayed unprocessed.`)
  return found
}

/** Every name goes through a placeholder, since `name` and `status` are reserved words. The key is always read. */
function projection(attributes: readonly string[] | undefined) {
  if (!attributes) return {}
  const names = ['PK', 'SK', ...attributes]
  return {
    ProjectionExpression: names.map((_, index) => `#a${index}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#a${index}`, name])),
  }
}
