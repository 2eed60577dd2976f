import type { Engine } from './engine.ts'
import {
  indexArn,
  keyAttributes,
  streamArnOf,
  tableArn,
  type IndexSchema,
  type KeySchema,
  type Table,
} from './schema.ts'

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
