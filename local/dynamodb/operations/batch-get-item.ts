import { validationError } from '../../wire/aws-error.ts'
import { accessRequest } from '../access.ts'
import type { Item } from '../attribute-value.ts'
import { consumedCapacities, consumedCapacity, readUnits, type CapacityDetail } from '../capacity.ts'
import type { Engine } from '../engine.ts'
import { expressionsOf, type Expressions } from '../expressions.ts'
import { locationOfKey } from '../item-key.ts'
import { itemText, type Location } from '../item-store.ts'
import type { DynamoOperation } from '../operation.ts'
import type { Members } from '../members.ts'
import {
  attributeNamesMember,
  attributesMember,
  capacityMember,
  checkItem,
  flagMember,
  parseRequest,
  rejectLegacy,
  requireItems,
  tableNameKeys,
  textMember,
  withoutArns,
} from '../request.ts'
import { tableArn } from '../schema.ts'
import { requireScalarKeyPaths } from '../writes.ts'
import { readAt, readContext } from './get-item.ts'

interface TableKeys {
  readonly tableName: string
  readonly keys: readonly Item[]
  readonly expressions: Expressions
  readonly consistent: boolean
  /** The entry of the request, for `UnprocessedKeys`. */
  readonly entry: Record<string, unknown>
}

interface BatchGetRequest {
  readonly tables: readonly TableKeys[]
  readonly capacityDetail: CapacityDetail
}

const batchLimit = 100

const members: Members = {
  ...capacityMember,
  RequestItems: {
    type: 'Map',
    valueClass: 'KeysAndAttributes',
    required: true,
    keys: tableNameKeys,
    of: {
      type: 'Structure',
      name: 'KeysAndAttributes',
      members: {
        Keys: { type: 'List', required: true, min: 1, max: batchLimit, newMessages: true, of: attributesMember },
        ConsistentRead: flagMember,
        ProjectionExpression: textMember,
        ...attributeNamesMember,
      },
    },
  },
}
const responseLimitBytes = 16 * 1024 * 1024

export const batchGetItem: DynamoOperation<BatchGetRequest> = {
  name: 'BatchGetItem',
  parse(input) {
    for (const entry of Object.values<any>(input?.RequestItems ?? {})) rejectLegacy(entry ?? {})
    const request = parseRequest(withoutArns(input), members)
    requireItems(request, 'BatchGetItem')
    const tables = Object.entries<any>(request.RequestItems).map(([name, entry]) => tableKeysOf(name, entry))
    if (tables.reduce((sum, { keys }) => sum + keys.length, 0) > batchLimit) {
      throw validationError('Too many items requested for the BatchGetItem call')
    }
    return { tables, capacityDetail: request.ReturnConsumedCapacity }
  },
  access: ({ tables, capacityDetail }, engine) =>
    tables.map(({ tableName, keys, expressions }) => {
      const contexts = keys.map((key) => readContext({ tableName, key, expressions }, engine))
      return accessRequest('BatchGetItem', tableArn(tableName), {
        leadingKeys: contexts.flatMap((context) => context.leadingKeys),
        attributes: contexts.flatMap((context) => context.attributes),
        select: contexts[0]?.select,
        returnConsumedCapacity: capacityDetail,
      })
    }),
  run({ tables, capacityDetail }, engine) {
    const located = tables.map((table) => ({ table, keys: locateKeys(table, engine) }))
    const remaining = { bytes: responseLimitBytes }
    const reads = located.map(({ table, keys }) => ({ table, ...readKeys(table, keys, engine, remaining) }))
    return {
      Responses: Object.fromEntries(reads.map(({ table, items }) => [table.tableName, items])),
      UnprocessedKeys: Object.fromEntries(
        reads.flatMap(({ table, unread }) =>
          unread.length > 0 ? [[table.tableName, { ...table.entry, Keys: unread }]] : [],
        ),
      ),
      ConsumedCapacity: consumedCapacities(
        reads.map(({ schema }) => schema),
        (schema) => {
          const { table, sizes } = reads.find((read) => read.schema === schema)!
          const measure = () => sizes.map((size) => ({ table: readUnits(size, table.consistent), indexes: new Map() }))
          return consumedCapacity(capacityDetail, schema, measure)
        },
      ),
    }
  },
}

function tableKeysOf(tableName: string, entry: Record<string, any>): TableKeys {
  for (const key of entry['Keys']) checkItem(key)
  return {
    tableName,
    keys: entry['Keys'],
    expressions: expressionsOf(entry, ['ProjectionExpression']),
    consistent: entry['ConsistentRead'] === true,
    entry,
  }
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
  return { schema: table, items, sizes, unread }
}
