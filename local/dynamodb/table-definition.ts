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
  readonly Projection: { ProjectionType?: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; NonKeyAttributes?: string[] }
}

const invalid = (message: string) => validationError(`One or more parameter values were invalid: ${message}`)

/** @throws AwsError ValidationException when keys, indexes and attribute definitions are not consistent */
export function schemaOf(
  definition: TableDefinition,
  settings: { streamViewType?: StreamViewType; timeToLiveAttribute?: string },
): TableSchema {
  const indexes = [
    ...(definition.GlobalSecondaryIndexes ?? []).map((index) => indexOf(definition, index, 'global')),
    ...(definition.LocalSecondaryIndexes ?? []).map((index) => indexOf(definition, index, 'local')),
  ]
  const key = keyOf(definition, definition.KeySchema)
  requireUsedDefinitions(definition)
  const names = indexes.map((index) => index.name)
  const duplicate = names.find((name, position) => names.indexOf(name) !== position)
  if (duplicate !== undefined) throw invalid(`Duplicate index name: ${duplicate}`)
  for (const index of indexes) {
    if (index.kind === 'local' && (index.key.partition.name !== key.partition.name || !index.key.sort || !key.sort)) {
      throw invalid(
        `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${index.name}`,
      )
    }
  }
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
  const [first, second] = schema
  if (first?.KeyType !== 'HASH') {
    throw validationError('Invalid KeySchema: The first KeySchemaElement is not a HASH key type')
  }
  if (second !== undefined && second.KeyType !== 'RANGE') {
    throw validationError('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type')
  }
  if (schema.length > 2) throw validationError('Invalid KeySchema: A key has at most two elements')
  if (first.AttributeName === second?.AttributeName) {
    throw validationError('Both the Hash Key and the Range Key element in the KeySchema have the same name')
  }
  const attribute = (name: string) => ({ name, type: typeIn(definition, schema, name) })
  return {
    partition: attribute(first.AttributeName),
    ...(second && { sort: attribute(second.AttributeName) }),
  }
}

function typeIn(definition: TableDefinition, schema: TableDefinition['KeySchema'], name: string): KeyType {
  const found = definition.AttributeDefinitions.find((attribute) => attribute.AttributeName === name)
  if (!found) {
    const keys = schema.map((element) => element.AttributeName).join(', ')
    const defined = definition.AttributeDefinitions.map((attribute) => attribute.AttributeName).join(', ')
    throw invalid(
      `Some index key attributes are not defined in AttributeDefinitions. Keys: [${keys}], AttributeDefinitions: [${defined}]`,
    )
  }
  if (!['S', 'N', 'B'].includes(found.AttributeType)) {
    throw invalid(`The type of the key attribute ${name} must be S, N or B, not ${found.AttributeType}`)
  }
  return found.AttributeType
}

function indexOf(definition: TableDefinition, index: IndexDefinition, kind: IndexSchema['kind']): IndexSchema {
  const projection = index.Projection.ProjectionType
  if (projection === undefined) throw invalid('Unknown ProjectionType: null')
  if (projection !== 'INCLUDE' && index.Projection.NonKeyAttributes) {
    throw invalid(`ProjectionType is ${projection}, but NonKeyAttributes is specified`)
  }
  return {
    name: index.IndexName,
    kind,
    key: keyOf(definition, index.KeySchema),
    projection,
    included: index.Projection.NonKeyAttributes ?? [],
  }
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
