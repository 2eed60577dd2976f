import { validationError } from '../wire/aws-error.ts'
import type { IndexSchema, KeySchema, KeyType, StreamViewType, TableSchema } from './schema.ts'

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
  readonly Projection: { ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; NonKeyAttributes?: string[] }
}

const invalid = (message: string) => validationError(`One or more parameter values were invalid: ${message}`)

/** @throws AwsError ValidationException when keys, indexes and attribute definitions are not consistent */
export function schemaOf(
  definition: TableDefinition,
  settings: { streamViewType?: StreamViewType; timeToLiveAttribute?: string },
): TableSchema {
  const key = keyOf(definition, definition.KeySchema)
  const indexes = [
    ...(definition.LocalSecondaryIndexes ?? []).map((index) => localIndexOf(definition, key, index)),
    ...(definition.GlobalSecondaryIndexes ?? []).map((index) => indexOf(definition, index, 'global')),
  ]
  requireUsedDefinitions(definition)
  const names = indexes.map((index) => index.name)
  const duplicate = names.find((name, position) => names.indexOf(name) !== position)
  if (duplicate !== undefined) throw invalid(`Duplicate index name: ${duplicate}`)
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
  const [partition, sort, ...others] = schema.map(({ AttributeName: name }) => ({
    name,
    type: typeIn(definition, name),
  }))
  const kinds = schema.map((element) => element.KeyType).join()
  if (!partition || others.length > 0 || !['HASH', 'HASH,RANGE'].includes(kinds)) {
    throw validationError('Invalid KeySchema: A key has one HASH element, and at most one RANGE element after it')
  }
  if (partition.name === sort?.name) {
    throw validationError('Both the Hash Key and the Range Key element in the KeySchema have the same name')
  }
  return { partition, ...(sort && { sort }) }
}

function typeIn(definition: TableDefinition, name: string): KeyType {
  const found = definition.AttributeDefinitions.find((attribute) => attribute.AttributeName === name)
  if (!found) throw invalid(`Some index key attributes are not defined in AttributeDefinitions: ${name}`)
  if (!['S', 'N', 'B'].includes(found.AttributeType)) {
    throw invalid(`The type of the key attribute ${name} must be S, N or B, not ${found.AttributeType}`)
  }
  return found.AttributeType
}

function localIndexOf(definition: TableDefinition, table: KeySchema, index: IndexDefinition): IndexSchema {
  const local = indexOf(definition, index, 'local')
  if (!table.sort || !local.key.sort) {
    throw invalid(`The table and its local index ${local.name} both need a range key`)
  }
  if (local.key.partition.name === table.partition.name) return local
  throw invalid(
    `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${local.name}. ` +
      `index hash key: ${local.key.partition.name}, table hash key: ${table.partition.name}`,
  )
}

function indexOf(definition: TableDefinition, index: IndexDefinition, kind: IndexSchema['kind']): IndexSchema {
  const { ProjectionType: projection, NonKeyAttributes: included } = index.Projection
  if ((projection === 'INCLUDE') !== (included !== undefined)) {
    throw invalid(`ProjectionType is ${projection}: NonKeyAttributes are specified for INCLUDE, and only for INCLUDE`)
  }
  return { name: index.IndexName, kind, key: keyOf(definition, index.KeySchema), projection, included: included ?? [] }
}

/** AWS rejects attribute definitions that no key uses; a template that deploys locally must deploy on AWS. */
function requireUsedDefinitions(definition: TableDefinition): void {
  const schemas = [
    definition.KeySchema,
    ...(definition.GlobalSecondaryIndexes ?? []).map((index) => index.KeySchema),
    ...(definition.LocalSecondaryIndexes ?? []).map((index) => index.KeySchema),
  ]
  const used = new Set(schemas.flat().map((element) => element.AttributeName))
  if (definition.AttributeDefinitions.some((attribute) => !used.has(attribute.AttributeName))) {
    throw invalid(
      'Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions',
    )
  }
}
