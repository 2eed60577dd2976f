import type { Engine } from './engine.ts'
import { indexEntriesOf } from './item-key.ts'
import {
  indexArn,
  keyAttributes,
  streamArnOf,
  tableArn,
  type IndexSchema,
  type KeySchema,
  type Table,
  type TableSchema,
} from './schema.ts'
import { commitWrite, plannedWrite } from './writes.ts'

export function createTable(engine: Engine, schema: TableSchema): Table {
  return engine.state.transaction(() => {
    const table = engine.tables.add(schema)
    engine.streams.open(table)
    return table
  })
}

export function deleteTable(engine: Engine, table: Table): void {
  engine.state.transaction(() => {
    engine.items.clear(table)
    engine.tables.remove(table)
  })
}

/**
 * Changes the definition of a table: new and changed indexes are built from its items.
 * @throws Error when the key differs, since the existing items are stored by their key
 */
export function changeTable(engine: Engine, table: Table, schema: TableSchema): Table {
  if (!sameJson(table.key, schema.key)) {
    throw new Error(
      `The table ${table.name} exists with another key (${describeKey(table)}) than the template's (${describeKey(schema)}). ` +
        'AWS would replace it and lose its items; start with --reset, or give the table another name.',
    )
  }
  return engine.state.transaction(() => {
    const changed = engine.tables.change(table, schema)
    engine.streams.open(changed)
    rebuildIndexes(engine, table, changed)
    if (table.timeToLiveAttribute !== changed.timeToLiveAttribute) engine.items.refreshExpiry(changed)
    return changed
  })
}

function rebuildIndexes(engine: Engine, before: Table, after: Table): void {
  const stale = before.indexes.filter((index) => !after.indexes.some((other) => sameJson(index, other)))
  for (const index of stale) engine.items.clearIndex(after, index.name)
  const fresh = new Set(after.indexes.filter((index) => !before.indexes.some((other) => sameJson(index, other))))
  if (fresh.size === 0) return
  for (const stored of engine.items.all(after)) {
    for (const entry of indexEntriesOf(after, stored.item)) {
      if (fresh.has(entry.index)) engine.items.addIndexEntry(after, entry, stored)
    }
  }
}

const sameJson = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

const describeKey = ({ key }: TableSchema) =>
  [key.partition, key.sort].flatMap((part) => (part ? [`${part.name}: ${part.type}`] : [])).join(', ')

/** The description of a table that CreateTable, DescribeTable and DeleteTable return. */
export function describeTable(engine: Engine, table: Table, status: 'ACTIVE' | 'DELETING' = 'ACTIVE') {
  const totals = engine.items.totals(table)
  return {
    TableName: table.name,
    TableArn: tableArn(table.name),
    TableId: table.tableId,
    TableStatus: status,
    CreationDateTime: table.createdMs / 1000,
    AttributeDefinitions: attributeDefinitions(table),
    KeySchema: keySchema(table.key),
    ItemCount: totals.items,
    TableSizeBytes: totals.bytes,
    ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0, NumberOfDecreasesToday: 0 },
    BillingModeSummary: { BillingMode: table.billingMode },
    DeletionProtectionEnabled: table.deletionProtection,
    GlobalSecondaryIndexes: describeIndexes(table, 'global'),
    LocalSecondaryIndexes: describeIndexes(table, 'local'),
    ...(table.streamViewType && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: table.streamViewType },
      LatestStreamArn: streamArnOf(table),
      LatestStreamLabel: table.streamLabel,
    }),
  }
}

function attributeDefinitions(table: Table) {
  const attributes = [table.key, ...table.indexes.map((index) => index.key)].flatMap(keyAttributes)
  const types = new Map(attributes.map(({ name, type }) => [name, type]))
  return [...types].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }))
}

const keySchema = (key: KeySchema) =>
  keyAttributes(key).map(({ name }, position) => ({ AttributeName: name, KeyType: position === 0 ? 'HASH' : 'RANGE' }))

function describeIndexes(table: Table, kind: IndexSchema['kind']) {
  const indexes = table.indexes.filter((index) => index.kind === kind)
  if (indexes.length === 0) return undefined
  return indexes.map((index) => ({
    IndexName: index.name,
    IndexArn: indexArn(table.name, index.name),
    KeySchema: keySchema(index.key),
    Projection: {
      ProjectionType: index.projection,
      ...(index.included.length > 0 && { NonKeyAttributes: index.included }),
    },
    ...(kind === 'global' && { IndexStatus: 'ACTIVE' }),
  }))
}

/** DynamoDB ignores items whose expiry is more than five years in the past. */
const oldestExpirySeconds = 5 * 365 * 24 * 60 * 60
const batchSize = 100

/** Deletes expired items, with stream records of the DynamoDB service, and expired stream records and tokens. */
export function sweepExpired(engine: Engine): void {
  for (const table of engine.tables.all()) {
    if (table.timeToLiveAttribute === undefined) continue
    while (deleteBatch(engine, table) === batchSize);
  }
  engine.streams.trim(new Set(engine.tables.all().flatMap((table) => streamArnOf(table) ?? [])))
  engine.tokens.trim()
}

function deleteBatch(engine: Engine, table: Table): number {
  const nowSeconds = engine.clock.now() / 1000
  const range = { fromSeconds: nowSeconds - oldestExpirySeconds, beforeSeconds: nowSeconds }
  return engine.state.transaction(() => {
    const expired = engine.items.expired(table, range, batchSize)
    for (const stored of expired) {
      commitWrite(engine, plannedWrite(table, { location: stored, key: stored.item }, stored, undefined), true)
    }
    return expired.length
  })
}
