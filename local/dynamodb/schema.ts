import { arn } from '../assembly/provider.ts'
import { validationError } from '../wire/aws-error.ts'

type KeyType = 'S' | 'N' | 'B'

/** The partition key and optional sort key of a table or an index. */
export interface KeySchema {
  readonly partition: KeyAttribute
  readonly sort?: KeyAttribute
}

export interface KeyAttribute {
  readonly name: string
  readonly type: KeyType
}

export interface IndexSchema {
  readonly name: string
  readonly kind: 'global' | 'local'
  readonly key: KeySchema
  readonly projection: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'
  /** Attributes beyond the keys, for `INCLUDE`. */
  readonly included: readonly string[]
}

export type StreamViewType = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES'

/** The settings of a table in a template or CreateTable request. */
export interface TableSchema {
  readonly name: string
  readonly key: KeySchema
  readonly indexes: readonly IndexSchema[]
  readonly streamViewType?: StreamViewType
  readonly timeToLiveAttribute?: string
  readonly billingMode: 'PAY_PER_REQUEST' | 'PROVISIONED'
  readonly deletionProtection: boolean
  /** Members of the table's description for settings that have no effect here. */
  readonly described?: object
}

export interface Table extends TableSchema {
  /** Key of the table's rows in the store. */
  readonly rowId: number
  /** The `TableId`, a UUID. */
  readonly tableId: string
  readonly createdMs: number
  /** The time when its stream was enabled; part of the stream's ARN. */
  readonly streamLabel?: string
}

export const tableArn = (name: string) => arn('dynamodb', `table/${name}`)

export const indexArn = (tableName: string, indexName: string) => `${tableArn(tableName)}/index/${indexName}`

export const streamArnOf = (table: Table): string | undefined =>
  table.streamLabel === undefined ? undefined : `${tableArn(table.name)}/stream/${table.streamLabel}`

export const keyAttributes = (key: KeySchema): KeyAttribute[] =>
  key.sort === undefined ? [key.partition] : [key.partition, key.sort]

/** A key as `KeySchema` in responses. */
export const keySchemaOf = (key: KeySchema) =>
  keyAttributes(key).map(({ name }, position) => ({ AttributeName: name, KeyType: position === 0 ? 'HASH' : 'RANGE' }))

/** The attributes that an index projects, or undefined for all. */
export function projectedAttributes(table: TableSchema, index: IndexSchema): string[] | undefined {
  if (index.projection === 'ALL') return undefined
  const keys = [...keyAttributes(table.key), ...keyAttributes(index.key)].map((attribute) => attribute.name)
  return [...new Set([...keys, ...index.included])]
}

/** Clients may use a table's ARN as its name. */
export function tableNameOf(nameOrArn: string): string {
  if (!nameOrArn.startsWith('arn:')) return nameOrArn
  return nameOrArn.split(':table/')[1] ?? nameOrArn
}

/** The members that CreateTable and CloudFormation share. */
export interface TableDefinition {
  readonly TableName: string
  readonly AttributeDefinitions: readonly { AttributeName: string; AttributeType: KeyType }[]
  readonly KeySchema: readonly { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[]
  readonly GlobalSecondaryIndexes?: readonly IndexDefinition[]
  readonly LocalSecondaryIndexes?: readonly IndexDefinition[]
  readonly BillingMode?: 'PAY_PER_REQUEST' | 'PROVISIONED'
  readonly DeletionProtectionEnabled?: boolean
}

interface IndexDefinition {
  readonly IndexName: string
  readonly KeySchema: TableDefinition['KeySchema']
  readonly Projection: { ProjectionType?: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; NonKeyAttributes?: string[] }
}

export const invalidValues = (message: string) =>
  validationError(`One or more parameter values were invalid: ${message}`)

/** The order in which an item's index keys are checked. */
const byName = (a: IndexSchema, b: IndexSchema) => (a.name < b.name ? -1 : 1)

/** @throws AwsError ValidationException when keys, indexes and attribute definitions are not consistent */
export function schemaOf(
  definition: TableDefinition,
  settings: Pick<TableSchema, 'streamViewType' | 'timeToLiveAttribute' | 'described'>,
): TableSchema {
  const key = keyOf(definition, definition.KeySchema)
  const indexes = [
    ...(definition.LocalSecondaryIndexes ?? []).map((index) => localIndexOf(definition, key, index)),
    ...(definition.GlobalSecondaryIndexes ?? []).map((index) => indexOf(definition, index, 'global')),
  ].toSorted(byName)
  // A template that deploys locally must deploy on AWS.
  const used = [key, ...indexes.map((index) => index.key)].flatMap(keyAttributes).map(({ name }) => name)
  if (definition.AttributeDefinitions.some(({ AttributeName }) => !used.includes(AttributeName))) {
    throw invalidValues(
      'Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions',
    )
  }
  const names = indexes.map((index) => index.name)
  const duplicate = names.find((name, position) => names.indexOf(name) !== position)
  if (duplicate !== undefined) throw invalidValues(`Duplicate index name: ${duplicate}`)
  return {
    name: definition.TableName,
    key,
    indexes,
    ...settings,
    billingMode: definition.BillingMode ?? 'PROVISIONED',
    deletionProtection: definition.DeletionProtectionEnabled ?? false,
  }
}

function keyOf(definition: TableDefinition, schema: TableDefinition['KeySchema']): KeySchema {
  if (schema.length > definition.AttributeDefinitions.length) {
    throw validationError('Invalid KeySchema: Some index key attribute have no definition')
  }
  const [first, second] = schema.map(({ AttributeName: name }) => ({ name, type: typeIn(definition, schema, name) }))
  if (first!.name === second?.name) {
    throw validationError('Both the Hash Key and the Range Key element in the KeySchema have the same name')
  }
  if (schema[0]!.KeyType !== 'HASH') {
    throw validationError('Invalid KeySchema: The first KeySchemaElement is not a HASH key type')
  }
  if (second && schema[1]!.KeyType !== 'RANGE') {
    throw validationError('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type')
  }
  if (schema.length > 2) throw validationError('Invalid KeySchema: A key has at most two elements')
  return { partition: first!, ...(second && { sort: second }) }
}

function typeIn(definition: TableDefinition, schema: TableDefinition['KeySchema'], name: string): KeyType {
  const found = definition.AttributeDefinitions.find((attribute) => attribute.AttributeName === name)
  if (!found) {
    const keys = schema.map((element) => element.AttributeName).join(', ')
    const defined = definition.AttributeDefinitions.map((attribute) => attribute.AttributeName).join(', ')
    throw invalidValues(
      `Some index key attributes are not defined in AttributeDefinitions. Keys: [${keys}], AttributeDefinitions: [${defined}]`,
    )
  }
  if (!['S', 'N', 'B'].includes(found.AttributeType)) {
    throw invalidValues(`The type of the key attribute ${name} must be S, N or B, not ${found.AttributeType}`)
  }
  return found.AttributeType
}

function localIndexOf(definition: TableDefinition, table: KeySchema, index: IndexDefinition): IndexSchema {
  if (!table.sort) {
    throw invalidValues(
      'Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex',
    )
  }
  const local = indexOf(definition, index, 'local')
  if (!local.key.sort) throw invalidValues(`Index KeySchema does not have a range key for index: ${local.name}`)
  if (local.key.partition.name !== table.partition.name) {
    throw invalidValues(
      `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${local.name}. ` +
        `index hash key: ${local.key.partition.name}, table hash key: ${table.partition.name}`,
    )
  }
  return local
}

function indexOf(definition: TableDefinition, index: IndexDefinition, kind: IndexSchema['kind']): IndexSchema {
  const { ProjectionType: projection, NonKeyAttributes: included } = index.Projection
  if (projection === undefined) throw invalidValues('Unknown ProjectionType: null')
  if ((projection === 'INCLUDE') !== (included !== undefined)) {
    throw invalidValues(`ProjectionType is ${projection}, but NonKeyAttributes is ${included ? '' : 'not '}specified`)
  }
  return {
    name: index.IndexName,
    kind,
    key: keyOf(definition, index.KeySchema),
    projection,
    included: included ?? [],
  }
}
