import { AwsError, validationError } from '../../wire/aws-error.ts'
import { tableAccess } from '../access.ts'
import type { Member, Members } from '../members.ts'
import type { DynamoOperation } from '../operation.ts'
import { flagMember, nameMember, parseRequest, tableNameMember, textMember } from '../request.ts'
import type { StreamViewType, TableSchema } from '../schema.ts'
import { schemaOf } from '../table-definition.ts'
import { describeTable } from '../table-description.ts'
import { createTable as create } from '../table-lifecycle.ts'

const structure = (name: string, required: boolean, members: Members): Member => ({
  type: 'Structure',
  name,
  required,
  members,
})

const requiredText = { ...textMember, required: true }

/** The key types of an index are not restricted by a constraint, but by its schema. */
const keySchema = (keyType: Member): Member => ({
  type: 'List',
  required: true,
  min: 1,
  max: 2,
  of: structure('KeySchemaElement', false, { AttributeName: requiredText, KeyType: keyType }),
})

const throughput = structure('ProvisionedThroughput', false, {
  WriteCapacityUnits: { type: 'Long', required: true, min: 1 },
  ReadCapacityUnits: { type: 'Long', required: true, min: 1 },
})

const indexes = (name: string, more: Members): Member => ({
  type: 'List',
  of: structure(name, false, {
    IndexName: { ...nameMember, required: true },
    KeySchema: keySchema(requiredText),
    Projection: structure('Projection', true, {
      ProjectionType: { type: 'String', enum: ['ALL', 'INCLUDE', 'KEYS_ONLY'] },
      NonKeyAttributes: { type: 'List', min: 1, of: textMember },
    }),
    ...more,
  }),
})

const members: Members = {
  AttributeDefinitions: {
    type: 'List',
    required: true,
    of: structure('AttributeDefinition', false, {
      AttributeName: requiredText,
      AttributeType: { type: 'String', required: true, enum: ['B', 'N', 'S'] },
    }),
  },
  ...tableNameMember,
  BillingMode: { type: 'String', enum: ['PROVISIONED', 'PAY_PER_REQUEST'] },
  ProvisionedThroughput: throughput,
  KeySchema: keySchema({ type: 'String', required: true, enum: ['HASH', 'RANGE'] }),
  LocalSecondaryIndexes: indexes('LocalSecondaryIndex', {}),
  GlobalSecondaryIndexes: indexes('GlobalSecondaryIndex', { ProvisionedThroughput: throughput }),
  DeletionProtectionEnabled: flagMember,
  StreamSpecification: structure('StreamSpecification', false, {
    StreamEnabled: { type: 'Boolean', required: true },
    StreamViewType: { type: 'String', enum: ['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY'] },
  }),
}

export const createTable: DynamoOperation<TableSchema> = {
  name: 'CreateTable',
  parse(input) {
    if ((input?.TableName ?? undefined) === undefined) {
      throw validationError("The parameter 'TableName' is required but was not present in the request")
    }
    const request = parseRequest(input, members)
    return schemaOf(request, { streamViewType: viewTypeOf(request.StreamSpecification) })
  },
  access: (schema) => tableAccess('CreateTable', schema.name),
  run(schema, engine) {
    if (engine.tables.find(schema.name)) {
      throw new AwsError('ResourceInUseException', `Table already exists: ${schema.name}`)
    }
    return { TableDescription: describeTable(engine, create(engine, schema)) }
  },
}

function viewTypeOf(specification: { StreamEnabled: boolean; StreamViewType?: StreamViewType } | undefined) {
  if (!specification) return undefined
  const { StreamEnabled, StreamViewType } = specification
  if (StreamEnabled && StreamViewType === undefined) {
    throw validationError(
      'One or more parameter values were invalid: StreamViewType is required when a stream is enabled',
    )
  }
  if (!StreamEnabled && StreamViewType !== undefined) {
    throw validationError('Invalid StreamViewType: Stream StreamEnabled was false but a StreamViewType was present.')
  }
  return StreamViewType
}
