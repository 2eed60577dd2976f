import { validationError } from '../../wire/aws-error.ts'
import { accessRequest, leadingKeyOf, type DynamoOperation } from '../operation.ts'
import type { Item } from '../attribute-value.ts'
import { consumedCapacities, consumedCapacity, readCapacity, type CapacityDetail } from '../capacity.ts'
import { project } from '../document-path.ts'
import type { Engine } from '../engine.ts'
import { attributesOf, expressionsOf, type Expressions } from '../expressions.ts'
import { locationOfKey } from '../item-key.ts'
import { itemText, type Location } from '../item-store.ts'
import {
  capacityMember,
  flagMember,
  itemMember,
  parseRequest,
  projectionMembers,
  requestItemsMember,
  requireBatchSize,
  tableNameMember,
  type Members,
} from '../request.ts'
import { tableArn, type Table } from '../schema.ts'
import {
  conflictReason,
  noReason,
  reasonOf,
  requireNoReasons,
  requireTransactionSize,
  transactItemsMember,
  type CancellationReason,
} from '../transaction.ts'
import { requireScalarKeyPaths } from '../writes.ts'

/** One item to read; GetItem has one, transactions several. */
interface ReadTarget {
  readonly tableName: string
  readonly key: Item
  readonly expressions: Expressions
}

const targetMembers: Members = { ...tableNameMember, Key: itemMember, ...projectionMembers }

const getMembers: Members = { ...capacityMember, ...targetMembers, ConsistentRead: flagMember }

const targetOf = (request: any): ReadTarget => ({
  tableName: request.TableName,
  key: request.Key,
  expressions: expressionsOf(request, ['ProjectionExpression']),
})

export const getItem: DynamoOperation<{ target: ReadTarget; consistent: boolean; capacityDetail: CapacityDetail }> = {
  name: 'GetItem',
  parse(input) {
    const request = parseRequest(input, getMembers)
    return {
      target: targetOf(request),
      consistent: request.ConsistentRead === true,
      capacityDetail: request.ReturnConsumedCapacity,
    }
  },
  access: ({ target, capacityDetail }, engine) => [
    accessRequest('GetItem', tableArn(target.tableName), {
      ...contextOf([target], engine),
      returnConsumedCapacity: capacityDetail,
    }),
  ],
  run({ target, consistent, capacityDetail }, engine) {
    const table = engine.tables.get(target.tableName)
    const read = readItem(engine, table, target)
    return {
      Item: read.item,
      ConsumedCapacity: consumedCapacity(capacityDetail, table, () => [readCapacity(read.size, consistent)]),
    }
  },
}

interface TableKeys {
  readonly tableName: string
  readonly keys: readonly Item[]
  readonly expressions: Expressions
  readonly consistent: boolean
  /** The entry of the request, for `UnprocessedKeys`. */
  readonly entry: Record<string, unknown>
}

const batchLimit = 100
const responseLimitBytes = 16 * 1024 * 1024

const batchMembers: Members = {
  ...capacityMember,
  ...requestItemsMember({
    type: 'Structure',
    members: {
      Keys: { type: 'List', required: true, min: 1, max: batchLimit, of: itemMember },
      ConsistentRead: flagMember,
      ...projectionMembers,
    },
  }),
}

export const batchGetItem: DynamoOperation<{ tables: readonly TableKeys[]; capacityDetail: CapacityDetail }> = {
  name: 'BatchGetItem',
  parse(input) {
    const request = parseRequest(input, batchMembers)
    const tables = Object.entries<any>(request.RequestItems).map(([tableName, entry]) => ({
      tableName,
      keys: entry.Keys,
      expressions: expressionsOf(entry, ['ProjectionExpression']),
      consistent: entry.ConsistentRead === true,
      entry,
    }))
    requireBatchSize(
      'BatchGetItem',
      tables.map((table) => table.keys.length),
      batchLimit,
    )
    return { tables, capacityDetail: request.ReturnConsumedCapacity }
  },
  access: ({ tables, capacityDetail }, engine) =>
    tables.map(({ tableName, keys, expressions }) =>
      accessRequest('BatchGetItem', tableArn(tableName), {
        ...contextOf(
          keys.map((key) => ({ tableName, key, expressions })),
          engine,
        ),
        returnConsumedCapacity: capacityDetail,
      }),
    ),
  run({ tables, capacityDetail }, engine) {
    const located = tables.map((request) => ({ request, keys: locateKeys(request, engine) }))
    const remaining = { bytes: responseLimitBytes }
    const reads = located.map(({ request, keys }) => readKeys(request, keys, engine, remaining))
    const spent = reads.flatMap(({ table, sizes }, position) =>
      sizes.map((size) => ({ table, size, consistent: tables[position]!.consistent })),
    )
    return {
      Responses: Object.fromEntries(reads.map(({ table, items }) => [table.name, items])),
      UnprocessedKeys: Object.fromEntries(
        reads.flatMap(({ table, unread }, position) =>
          unread.length > 0 ? [[table.name, { ...tables[position]!.entry, Keys: unread }]] : [],
        ),
      ),
      ConsumedCapacity: consumedCapacities(
        capacityDetail,
        spent.map(({ table }) => table),
        (position) => readCapacity(spent[position]!.size, spent[position]!.consistent),
      ),
    }
  },
}

interface LocatedKey {
  readonly key: Item
  readonly location: Location
}

/**
 * The keys in the order of their hashes, so that no client can rely on the order of its request: "DynamoDB does not return
 * items in any particular order" (BatchGetItem, DynamoDB API reference).
 */
function locateKeys({ tableName, keys }: TableKeys, engine: Engine): LocatedKey[] {
  const table = engine.tables.get(tableName)
  const located = keys.map((key) => ({ key, location: locationOfKey(table, key) }))
  if (new Set(located.map(({ location }) => itemText(table, location))).size < keys.length) {
    throw validationError('Provided list of item keys contains duplicates')
  }
  return located.toSorted(
    ({ location: a }, { location: b }) => Buffer.compare(a.partition, b.partition) || Buffer.compare(b.sort, a.sort),
  )
}

/** Reads until the response is full; the client must request the remaining keys again. */
function readKeys(
  { tableName, expressions }: TableKeys,
  keys: readonly LocatedKey[],
  engine: Engine,
  remaining: { bytes: number },
) {
  const table = engine.tables.get(tableName)
  requireScalarKeyPaths(table, expressions)
  const items: Item[] = []
  const sizes: number[] = []
  const unread: Item[] = []
  for (const [position, { key, location }] of keys.entries()) {
    const isLeft = position > 0 && engine.chaos.hits('unprocessed entries of table batches')
    if (remaining.bytes <= 0 || isLeft) {
      unread.push(key)
      continue
    }
    const read = readAt(engine, table, location, expressions)
    remaining.bytes -= read.size
    sizes.push(read.size)
    if (read.item) items.push(read.item)
  }
  return { table, items, sizes, unread }
}

const transactMembers: Members = {
  ...capacityMember,
  ...transactItemsMember({ Get: { type: 'Structure', required: true, members: targetMembers } }),
}

export const transactGetItems: DynamoOperation<{ targets: readonly ReadTarget[]; capacityDetail: CapacityDetail }> = {
  name: 'TransactGetItems',
  parse(input) {
    const request = parseRequest(input, transactMembers)
    return {
      targets: request.TransactItems.map((entry: any) => targetOf(entry.Get)),
      capacityDetail: request.ReturnConsumedCapacity,
    }
  },
  access: ({ targets, capacityDetail }, engine) =>
    targets.map((target) =>
      accessRequest('GetItem', tableArn(target.tableName), {
        ...contextOf([target], engine),
        returnConsumedCapacity: capacityDetail,
        enclosingOperation: 'TransactGetItems',
      }),
    ),
  run({ targets, capacityDetail }, engine) {
    const tables = targets.map((target) => engine.tables.get(target.tableName))
    requireReadable(engine, targets, tables)
    const reads = targets.map((target, position) => readItem(engine, tables[position]!, target))
    requireTransactionSize(reads.reduce((sum, read) => sum + read.size, 0))
    return {
      Responses: reads.map(({ item }) => (item ? { Item: item } : {})),
      ConsumedCapacity: consumedCapacities(
        capacityDetail,
        tables,
        (position) => readCapacity(reads[position]!.size, true),
        2,
      ),
    }
  },
}

/**
 * @throws AwsError TransactionCanceledException for keys that do not match the schema and for items with an ongoing write,
 *   ValidationException for duplicate items
 */
function requireReadable(engine: Engine, targets: readonly ReadTarget[], tables: readonly Table[]): void {
  const seen = new Set<string>()
  const reasons = targets.map((target, position): CancellationReason => {
    const table = tables[position]!
    try {
      const item = itemText(table, locationOfKey(table, target.key))
      seen.add(item)
      return engine.writes.hasWrite(item) ? conflictReason : noReason
    } catch (error) {
      return reasonOf(error)
    }
  })
  if (seen.size < targets.length && !reasons.some(({ Code }) => Code === 'ValidationError')) {
    throw validationError('Transaction request cannot include multiple operations on one item')
  }
  requireNoReasons(reasons)
}

function readItem(engine: Engine, table: Table, { key, expressions }: ReadTarget) {
  requireScalarKeyPaths(table, expressions)
  return readAt(engine, table, locationOfKey(table, key), expressions)
}

/** @returns the projected item, and its total size, 0 when it does not exist */
function readAt(
  engine: Engine,
  table: Table,
  location: Location,
  expressions: Expressions,
): { item?: Item; size: number } {
  const stored = engine.items.get(table, location)
  if (stored === undefined) return { size: 0 }
  const paths = expressions.projection?.paths
  return { item: paths ? project(stored.item, paths) : stored.item, size: stored.size }
}

const contextOf = (targets: readonly ReadTarget[], engine: Engine) => ({
  leadingKeys: targets.map(({ tableName, key }) => leadingKeyOf(engine, tableName, key)),
  attributes: targets.flatMap(({ key, expressions }) => [...Object.keys(key), ...attributesOf(expressions)]),
  select: targets[0]?.expressions.projection ? 'SPECIFIC_ATTRIBUTES' : 'ALL_ATTRIBUTES',
})
