import { arn } from '../../assembly/provider.ts'
import { AwsError, validationError } from '../../wire/aws-error.ts'
import type { Engine } from '../engine.ts'
import {
  flagMember,
  nameMember,
  structure,
  tableNameMember,
  textMember,
  type Member,
  type Members,
} from '../members.ts'
import { tableAccess, type DynamoOperation } from '../operation.ts'
import { parseRequest } from '../request.ts'
import {
  indexArn,
  invalidValues,
  keyAttributes,
  keySchemaOf,
  schemaOf,
  streamArnOf,
  tableArn,
  type IndexSchema,
  type StreamViewType,
  type Table,
  type TableSchema,
} from '../schema.ts'

/** An operation on a table that exists. */
const tableOperation = <Request = object>(
  name: string,
  run: (table: Table, request: Request, engine: Engine) => unknown,
  options: { members?: Members; notFound?: (tableName: string) => { name: string; message: string } } = {},
): DynamoOperation => ({
  name,
  parse: (input) => parseRequest(input, { ...tableNameMember, ...options.members }),
  access: ({ TableName }) => tableAccess(name, TableName),
  run: (request, engine) =>
    run(engine.tables.get(request.TableName, options.notFound?.(request.TableName)), request, engine),
})

const named = {
  notFound: (tableName: string) => ({
    name: 'ResourceNotFoundException',
    message: `Requested resource not found: Table: ${tableName} not found`,
  }),
}

const describeTable = tableOperation(
  'DescribeTable',
  (table, _request, engine) => ({ Table: describe(engine, table) }),
  named,
)

const deleteTable = tableOperation(
  'DeleteTable',
  (table, _request, engine) => {
    if (table.deletionProtection) {
      throw validationError(
        `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.`,
      )
    }
    const description = describe(engine, table, 'DELETING')
    engine.tables.delete(table)
    return { TableDescription: description }
  },
  named,
)

/** The description of a table that CreateTable, DescribeTable and DeleteTable return. */
function describe(engine: Engine, table: Table, status: 'ACTIVE' | 'DELETING' = 'ACTIVE') {
  const totals = engine.items.totals(table)
  const attributes = [table.key, ...table.indexes.map((index) => index.key)].flatMap(keyAttributes)
  const types = new Map(attributes.map(({ name, type }) => [name, type]))
  return {
    TableName: table.name,
    TableArn: tableArn(table.name),
    TableId: table.tableId,
    TableStatus: status,
    CreationDateTime: table.createdMs / 1000,
    AttributeDefinitions: [...types].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
    KeySchema: keySchemaOf(table.key),
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
    ...table.described,
  }
}

function describeIndexes(table: Table, kind: IndexSchema['kind']) {
  const indexes = table.indexes.filter((index) => index.kind === kind)
  if (indexes.length === 0) return undefined
  return indexes.map((index) => ({
    IndexName: index.name,
    IndexArn: indexArn(table.name, index.name),
    KeySchema: keySchemaOf(index.key),
    Projection: {
      ProjectionType: index.projection,
      ...(index.included.length > 0 && { NonKeyAttributes: index.included }),
    },
    ...(kind === 'global' && { IndexStatus: 'ACTIVE' }),
  }))
}

const listTables: DynamoOperation = {
  name: 'ListTables',
  parse: (input) =>
    parseRequest(input, { ExclusiveStartTableName: textMember, Limit: { type: 'Integer', min: 1, max: 100 } }),
  access: () => [{ action: 'dynamodb:ListTables', resource: '*' }],
  run({ ExclusiveStartTableName: after, Limit: limit = 100 }, engine) {
    const names = engine.tables.all().map((table) => table.name)
    const rest = after === undefined ? names : names.filter((name) => name > after)
    const page = rest.slice(0, limit)
    return { TableNames: page, LastEvaluatedTableName: rest.length > limit ? page.at(-1) : undefined }
  },
}

const updateTimeToLive = tableOperation<{ TimeToLiveSpecification: { Enabled: boolean; AttributeName: string } }>(
  'UpdateTimeToLive',
  (table, { TimeToLiveSpecification: specification }, engine) => {
    const { Enabled: enabled, AttributeName: attribute } = specification
    const { rowId: _r, tableId: _i, createdMs: _c, streamLabel: _l, timeToLiveAttribute: current, ...schema } = table
    if (enabled ? current === attribute : current === undefined) {
      throw validationError(`TimeToLive is already ${enabled ? 'enabled' : 'disabled'}`)
    }
    if (current !== undefined && current !== attribute) {
      throw validationError(`TimeToLive is active on a different AttributeName: current AttributeName is ${current}`)
    }
    engine.tables.change(table, { ...schema, timeToLiveAttribute: enabled ? attribute : undefined })
    return { TimeToLiveSpecification: specification }
  },
  {
    members: {
      TimeToLiveSpecification: structure(
        'TimeToLiveSpecification',
        {
          Enabled: { ...flagMember, required: true },
          AttributeName: { ...textMember, required: true, min: 1, max: 255 },
        },
        true,
      ),
    },
  },
)

const describeTimeToLive = tableOperation('DescribeTimeToLive', ({ timeToLiveAttribute: attribute }) => ({
  TimeToLiveDescription:
    attribute === undefined
      ? { TimeToLiveStatus: 'DISABLED' }
      : { TimeToLiveStatus: 'ENABLED', AttributeName: attribute },
}))

/** Called by the CLI and consoles; backups are not emulated. */
const describeContinuousBackups = tableOperation(
  'DescribeContinuousBackups',
  () => ({
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'DISABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
    },
  }),
  { notFound: (tableName) => ({ name: 'TableNotFoundException', message: `Table not found: ${tableName}` }) },
)

const requiredText = { ...textMember, required: true }

/** The key types of an index are not restricted by a constraint, but by its schema. */
const keySchemaMember = (keyType: Member): Member => ({
  type: 'List',
  required: true,
  min: 1,
  max: 2,
  of: structure('KeySchemaElement', { AttributeName: requiredText, KeyType: keyType }),
})

const throughput = structure('ProvisionedThroughput', {
  WriteCapacityUnits: { type: 'Long', required: true, min: 1 },
  ReadCapacityUnits: { type: 'Long', required: true, min: 1 },
})

const indexes = (name: string, more: Members): Member => ({
  type: 'List',
  of: structure(name, {
    IndexName: { ...nameMember, required: true },
    KeySchema: keySchemaMember(requiredText),
    Projection: structure(
      'Projection',
      {
        ProjectionType: { type: 'String', enum: ['ALL', 'INCLUDE', 'KEYS_ONLY'] },
        NonKeyAttributes: { type: 'List', min: 1, of: textMember },
      },
      true,
    ),
    ...more,
  }),
})

const createMembers: Members = {
  AttributeDefinitions: {
    type: 'List',
    required: true,
    of: structure('AttributeDefinition', {
      AttributeName: requiredText,
      AttributeType: { type: 'String', required: true, enum: ['B', 'N', 'S'] },
    }),
  },
  ...tableNameMember,
  BillingMode: { type: 'String', enum: ['PROVISIONED', 'PAY_PER_REQUEST'] },
  ProvisionedThroughput: throughput,
  KeySchema: keySchemaMember({ type: 'String', required: true, enum: ['HASH', 'RANGE'] }),
  GlobalSecondaryIndexes: indexes('GlobalSecondaryIndex', { ProvisionedThroughput: throughput }),
  LocalSecondaryIndexes: indexes('LocalSecondaryIndex', {}),
  DeletionProtectionEnabled: flagMember,
  StreamSpecification: structure('StreamSpecification', {
    StreamEnabled: { type: 'Boolean', required: true },
    StreamViewType: { type: 'String', enum: ['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY'] },
  }),
  TableClass: { type: 'String', enum: ['STANDARD', 'STANDARD_INFREQUENT_ACCESS'] },
  OnDemandThroughput: structure('OnDemandThroughput', {
    MaxReadRequestUnits: { type: 'Long' },
    MaxWriteRequestUnits: { type: 'Long' },
  }),
  SSESpecification: structure('SSESpecification', { Enabled: flagMember, KMSMasterKeyId: textMember }),
}

const managedKeyArn = arn('kms', 'alias/aws/dynamodb')

/** The settings of a new table that have no effect here, as its description contains them. */
const describedSettings = ({ ProvisionedThroughput, TableClass, OnDemandThroughput, SSESpecification: sse }: any) => ({
  ...(ProvisionedThroughput && { ProvisionedThroughput: { ...ProvisionedThroughput, NumberOfDecreasesToday: 0 } }),
  ...(TableClass && { TableClassSummary: { TableClass } }),
  ...(OnDemandThroughput && { OnDemandThroughput }),
  ...(sse?.Enabled && {
    SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: sse.KMSMasterKeyId ?? managedKeyArn },
  }),
})

const createTable: DynamoOperation<TableSchema> = {
  name: 'CreateTable',
  parse(input) {
    if ((input?.TableName ?? undefined) === undefined) {
      throw validationError("The parameter 'TableName' is required but was not present in the request")
    }
    const request = parseRequest(input, createMembers)
    if (request.BillingMode === 'PAY_PER_REQUEST' && request.ProvisionedThroughput) {
      throw invalidValues(
        'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
      )
    }
    return schemaOf(request, {
      streamViewType: viewTypeOf(request.StreamSpecification ?? {}),
      described: describedSettings(request),
    })
  },
  access: (schema) => tableAccess('CreateTable', schema.name),
  run(schema, engine) {
    if (engine.tables.find(schema.name)) {
      throw new AwsError('ResourceInUseException', `Table already exists: ${schema.name}`)
    }
    return { TableDescription: describe(engine, engine.tables.create(schema)) }
  },
}

function viewTypeOf({ StreamEnabled, StreamViewType }: { StreamEnabled?: boolean; StreamViewType?: StreamViewType }) {
  if (StreamEnabled && StreamViewType === undefined) {
    throw invalidValues('StreamViewType is required when a stream is enabled')
  }
  if (!StreamEnabled && StreamViewType !== undefined) {
    throw invalidValues('Table is being created with a stream disabled, UpdateViewType should not be specified')
  }
  return StreamViewType
}

/** The verb and the table of a statement; the table may be in double quotes and be followed by an index. */
const statement = /^\s*(?:(SELECT)\b.*?\bFROM|(INSERT)\s+INTO|(UPDATE)|(DELETE)\s+FROM)\s+"?([\w.-]+)"?/is

/**
 * PartiQL is rejected with an error that says that it is not emulated; a caller without permission is denied first, as
 * on AWS.
 */
const executeStatement: DynamoOperation<string> = {
  name: 'ExecuteStatement',
  parse: (input) => String(input?.Statement),
  access(text) {
    const [, select, insert, update, remove, table] = statement.exec(text) ?? []
    if (table === undefined) return []
    const verb = select ? 'Select' : insert ? 'Insert' : update ? 'Update' : remove && 'Delete'
    return [{ action: `dynamodb:PartiQL${verb}`, resource: tableArn(table) }]
  },
  run() {
    throw validationError('PartiQL is not emulated; use the item operations and Query.')
  },
}

export const tableOperations: readonly DynamoOperation[] = [
  createTable,
  describeTable,
  listTables,
  deleteTable,
  updateTimeToLive,
  describeTimeToLive,
  describeContinuousBackups,
  executeStatement,
]
