import type { AccessRequest } from '../../iam/types.ts'
import { AwsError, validationError } from '../../wire/aws-error.ts'
import { tableAccess, type DynamoOperation } from '../operation.ts'
import type { Engine } from '../engine.ts'
import {
  flagMember,
  nameMember,
  parseRequest,
  tableNameMember,
  textMember,
  type Member,
  type Members,
} from '../request.ts'
import { tableArn, type StreamViewType, type TableSchema } from '../schema.ts'
import { changeTable, createTable as create, deleteTable as remove, describeTable as describe } from '../table.ts'
import { schemaOf } from '../table-definition.ts'

const requiredText = { ...textMember, required: true }

const list = (members: Members, bounds: { required?: true; min?: number; max?: number } = {}): Member => ({
  type: 'List',
  ...bounds,
  of: { type: 'Structure', members },
})

const keySchema = list(
  { AttributeName: requiredText, KeyType: { type: 'String', required: true, enum: ['HASH', 'RANGE'] } },
  { required: true, min: 1, max: 2 },
)

const indexes = list({
  IndexName: { ...nameMember, required: true },
  KeySchema: keySchema,
  Projection: {
    type: 'Structure',
    required: true,
    members: {
      ProjectionType: { type: 'String', required: true, enum: ['ALL', 'INCLUDE', 'KEYS_ONLY'] },
      NonKeyAttributes: { type: 'List', min: 1, of: textMember },
    },
  },
})

const members: Members = {
  AttributeDefinitions: list(
    { AttributeName: requiredText, AttributeType: { type: 'String', required: true, enum: ['B', 'N', 'S'] } },
    { required: true },
  ),
  ...tableNameMember,
  BillingMode: { type: 'String', enum: ['PROVISIONED', 'PAY_PER_REQUEST'] },
  KeySchema: keySchema,
  LocalSecondaryIndexes: indexes,
  GlobalSecondaryIndexes: indexes,
  DeletionProtectionEnabled: flagMember,
  StreamSpecification: {
    type: 'Structure',
    members: {
      StreamEnabled: { type: 'Boolean', required: true },
      StreamViewType: { type: 'String', enum: ['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY'] },
    },
  },
}

export const createTable: DynamoOperation<TableSchema> = {
  name: 'CreateTable',
  parse(input) {
    const request = parseRequest(input, members)
    return schemaOf(request, { streamViewType: viewTypeOf(request.StreamSpecification) })
  },
  access: (schema) => tableAccess('CreateTable', schema.name),
  run(schema, engine) {
    if (engine.tables.find(schema.name)) {
      throw new AwsError('ResourceInUseException', `Table already exists: ${schema.name}`)
    }
    return { TableDescription: describe(engine, create(engine, schema)) }
  },
}

function viewTypeOf(specification: { StreamEnabled: boolean; StreamViewType?: StreamViewType } | undefined) {
  if (!specification) return undefined
  const { StreamEnabled, StreamViewType } = specification
  if (StreamEnabled === (StreamViewType !== undefined)) return StreamViewType
  throw validationError(
    'One or more parameter values were invalid: StreamViewType is required when a stream is enabled, and only then',
  )
}

interface NamedTable {
  readonly tableName: string
}

const parseName = (input: any): NamedTable => ({ tableName: parseRequest(input, tableNameMember).TableName })

/** An operation whose only parameter is the name of a table. */
const tableOperation = (
  name: string,
  run: (engine: Engine, tableName: string) => unknown,
): DynamoOperation<NamedTable> => ({
  name,
  parse: parseName,
  access: ({ tableName }) => tableAccess(name, tableName),
  run: ({ tableName }, engine) => run(engine, tableName),
})

const tableNamed = (engine: Engine, tableName: string) =>
  engine.tables.get(tableName, `Requested resource not found: Table: ${tableName} not found`)

export const describeTable = tableOperation('DescribeTable', (engine, tableName) => ({
  Table: describe(engine, tableNamed(engine, tableName)),
}))

export const deleteTable = tableOperation('DeleteTable', (engine, tableName) => {
  const table = tableNamed(engine, tableName)
  if (table.deletionProtection) {
    throw validationError(
      'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    )
  }
  const description = describe(engine, table, 'DELETING')
  remove(engine, table)
  return { TableDescription: description }
})

export const listTables: DynamoOperation<{ limit: number; after: string }> = {
  name: 'ListTables',
  parse(input) {
    const { Limit: limit = 100, ExclusiveStartTableName: after = '' } = parseRequest(input, {
      ExclusiveStartTableName: textMember,
      Limit: { type: 'Integer', min: 1, max: 100 },
    })
    return { limit, after }
  },
  access: () => [{ action: 'dynamodb:ListTables', resource: '*' }],
  run({ limit, after }, engine) {
    const names = engine.tables.all().flatMap(({ name }) => (name > after ? name : []))
    const page = names.slice(0, limit)
    return { TableNames: page, LastEvaluatedTableName: names.length > limit ? page.at(-1) : undefined }
  },
}

/** Called by the CLI and consoles; backups are not emulated. */
export const describeContinuousBackups = tableOperation('DescribeContinuousBackups', (engine, tableName) => {
  if (!engine.tables.find(tableName)) throw new AwsError('TableNotFoundException', `Table not found: ${tableName}`)
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'DISABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
    },
  }
})

interface TimeToLiveRequest extends NamedTable {
  readonly attribute: string
  readonly enabled: boolean
}

export const updateTimeToLive: DynamoOperation<TimeToLiveRequest> = {
  name: 'UpdateTimeToLive',
  parse(input) {
    const request = parseRequest(input, {
      ...tableNameMember,
      TimeToLiveSpecification: {
        type: 'Structure',
        required: true,
        members: {
          Enabled: { type: 'Boolean', required: true },
          AttributeName: { type: 'String', required: true, min: 1, max: 255 },
        },
      },
    })
    const { Enabled, AttributeName } = request.TimeToLiveSpecification
    return { tableName: request.TableName, attribute: AttributeName, enabled: Enabled }
  },
  access: ({ tableName }) => tableAccess('UpdateTimeToLive', tableName),
  run({ tableName, attribute, enabled }, engine) {
    const table = engine.tables.get(tableName)
    const current = table.timeToLiveAttribute
    if (current !== undefined && current !== attribute) {
      throw validationError(`TimeToLive is active on a different AttributeName: current AttributeName is ${current}`)
    }
    if (enabled === (current !== undefined)) {
      throw validationError(`TimeToLive is already ${enabled ? 'enabled' : 'disabled'}`)
    }
    const { rowId: _r, tableId: _i, createdMs: _c, streamLabel: _l, ...schema } = table
    changeTable(engine, table, { ...schema, timeToLiveAttribute: enabled ? attribute : undefined })
    return { TimeToLiveSpecification: { AttributeName: attribute, Enabled: enabled } }
  },
}

export const describeTimeToLive = tableOperation('DescribeTimeToLive', (engine, tableName) => {
  const attribute = engine.tables.get(tableName).timeToLiveAttribute
  return {
    TimeToLiveDescription:
      attribute === undefined
        ? { TimeToLiveStatus: 'DISABLED' }
        : { TimeToLiveStatus: 'ENABLED', AttributeName: attribute },
  }
})

/**
 * PartiQL is rejected with an error that says that it is not emulated; a caller without permission is denied first, as
 * on AWS.
 */
export const executeStatement: DynamoOperation<string> = {
  name: 'ExecuteStatement',
  parse: (input) => String(input?.Statement),
  access: accessOf,
  run() {
    throw validationError('PartiQL is not emulated; use the item operations and Query.')
  },
}

/** The verb and the table, which may be in double quotes and be followed by an index. */
const statement = /^\s*(?:(SELECT)\b.*?\bFROM|(INSERT)\s+INTO|(UPDATE)|(DELETE)\s+FROM)\s+"?([\w.-]+)"?/is

function accessOf(text: string): AccessRequest[] {
  const [, select, insert, update, deletion, table] = statement.exec(text) ?? []
  if (table === undefined) return []
  const verb = select ? 'Select' : insert ? 'Insert' : update ? 'Update' : deletion && 'Delete'
  return [{ action: `dynamodb:PartiQL${verb}`, resource: tableArn(table) }]
}
