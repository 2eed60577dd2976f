import type { Item } from '../attribute-value.ts'
import { readCapacity } from '../capacity.ts'
import { project } from '../condition.ts'
import type { Engine } from '../engine.ts'
import { expressionsOf } from '../expressions.ts'
import {
  attributeNamesMember,
  attributesMember,
  capacityMember,
  flagMember,
  itemMember,
  requestItemsMember,
  structure,
  tableNameMember,
  textMember,
  type Members,
} from '../members.ts'
import {
  itemAccess,
  itemOperation,
  locate,
  locateBatch,
  type Located,
  requireScalarKeyPaths,
  type Target,
} from '../operation.ts'
import { checkItem, requireBatch } from '../request.ts'

/** The item that GetItem or an action of TransactGetItems names. @throws AwsError ValidationException */
export function readTarget(request: Record<string, any>): Target {
  const item: Item = request['Key']
  checkItem(item)
  return { tableName: request['TableName'], item, expressions: expressionsOf(request, ['ProjectionExpression']) }
}

/** The value of the condition key `dynamodb:Select`. */
export const selectOf = ({ expressions }: Target) => (expressions.projection ? 'SPECIFIC_ATTRIBUTES' : 'ALL_ATTRIBUTES')

/** @returns the projected item, and its total size, 0 when it does not exist */
export function readItem(engine: Engine, { table, location, target }: Located): { item?: Item; size: number } {
  const stored = engine.items.get(table, location)
  if (stored === undefined) return { size: 0 }
  const paths = target.expressions.projection?.paths
  return { item: paths ? project(stored.item, paths) : stored.item, size: stored.size }
}

const readMembers: Members = { ConsistentRead: flagMember, ProjectionExpression: textMember, ...attributeNamesMember }

export const getItem = itemOperation({
  name: 'GetItem',
  kind: 'read',
  members: { ...capacityMember, ...tableNameMember, Key: itemMember, ...readMembers },
  parse: (request) => ({ target: readTarget(request), consistent: request.ConsistentRead === true }),
  access: ({ target }, engine) => [{ ...itemAccess(engine, 'GetItem', [target]), select: selectOf(target) }],
  run({ target, consistent }, engine) {
    const located = locate(engine, target)
    const { item, size } = readItem(engine, located)
    return { output: { Item: item }, capacity: () => [readCapacity(located.table, size, consistent)] }
  },
})

const batchLimit = 100
const responseLimitBytes = 16 * 1024 * 1024

export const batchGetItem = itemOperation({
  name: 'BatchGetItem',
  kind: 'read',
  several: true,
  members: {
    RequestItems: requestItemsMember('KeysAndAttributes', {
      printedAsJson: true,
      of: structure('KeysAndAttributes', {
        Keys: { type: 'List', required: true, min: 1, max: batchLimit, newMessages: true, of: attributesMember },
        ...readMembers,
      }),
    }),
    ...capacityMember,
  },
  parse(request) {
    const tables = Object.entries<any>(request.RequestItems).map(([name, entry]) => tableKeysOf(name, entry))
    requireBatch(
      'BatchGetItem',
      tables.map(({ targets }) => targets),
      batchLimit,
    )
    return { tables }
  },
  access: ({ tables }, engine) =>
    tables.map(({ targets }) => ({
      ...itemAccess(engine, 'BatchGetItem', targets),
      select: selectOf(targets[0]!),
    })),
  run({ tables }, engine) {
    const located = tables.map((keys) => ({ ...keys, located: inHashOrder(locateBatch(engine, keys.targets)) }))
    const remaining = { bytes: responseLimitBytes }
    const reads = located.map((keys) => ({ ...keys, ...readKeys(engine, keys.located, remaining) }))
    return {
      output: {
        Responses: Object.fromEntries(reads.map(({ tableName, items }) => [tableName, items])),
        UnprocessedKeys: Object.fromEntries(
          reads.flatMap(({ tableName, entry, unread }) =>
            unread.length > 0 ? [[tableName, { ...entry, Keys: unread }]] : [],
          ),
        ),
      },
      capacity: () =>
        reads.flatMap(({ located: [first], sizes, consistent }) =>
          sizes.map((size) => readCapacity(first!.table, size, consistent)),
        ),
    }
  },
})

/** The keys of one table. `entry` is returned for unread keys. */
function tableKeysOf(tableName: string, entry: Record<string, any>) {
  const keys: Item[] = entry['Keys']
  for (const key of keys) checkItem(key)
  const expressions = expressionsOf(entry, ['ProjectionExpression'])
  const targets = keys.map((item): Target => ({ tableName, item, expressions }))
  return { tableName, targets, consistent: entry['ConsistentRead'] === true, entry }
}

/**
 * The keys in the order of their hashes, so that no client can rely on the order of its request: "DynamoDB does not return
 * items in any particular order" (BatchGetItem, DynamoDB API reference).
 */
const inHashOrder = (located: readonly Located[]): Located[] =>
  located.toSorted(
    ({ location: a }, { location: b }) => Buffer.compare(a.partition, b.partition) || Buffer.compare(b.sort, a.sort),
  )

/** Reads until the response is full; the client must request the remaining keys again. */
function readKeys(engine: Engine, located: readonly Located[], remaining: { bytes: number }) {
  const [{ table, target }] = located as [Located]
  requireScalarKeyPaths(table, target.expressions)
  const items: Item[] = []
  const sizes: number[] = []
  const unread: Item[] = []
  for (const [position, each] of located.entries()) {
    const isLeft = position > 0 && engine.chaos.hits('unprocessed entries of table batches')
    if (remaining.bytes <= 0 || isLeft) {
      unread.push(each.target.item)
      continue
    }
    const { item, size } = readItem(engine, each)
    remaining.bytes -= size
    sizes.push(size)
    if (item) items.push(item)
  }
  return { items, sizes, unread }
}
