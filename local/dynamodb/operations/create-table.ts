import { AwsError, validationError } from '../../wire/aws-error.ts'
import { tableAccess } from '../access.ts'
import { membersOf } from '../dynalite.ts'
import type { DynamoOperation } from '../operation.ts'
import { parseRequest } from '../request.ts'
import type { StreamViewType, TableSchema } from '../schema.ts'
import { schemaOf } from '../table-definition.ts'
import { describeTable } from '../table-description.ts'
import { createTable as create } from '../table-lifecycle.ts'

const members = {
  ...membersOf('createTable'),
  DeletionProtectionEnabled: 'Boolean',
  StreamSpecification: {
    type: 'FieldStruct<StreamSpecification>',
    children: {
      StreamEnabled: { type: 'Boolean', notNull: true },
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
    return { TableDescription: describeTable(engine, create(engine, schema)) }
  },
}

function viewTypeOf(specification: { StreamEnabled: boolean; StreamViewType?: StreamViewType } | undefined) {
  if (!specification?.StreamEnabled) return undefined
  if (specification.StreamViewType === undefined) {
    throw validationError(
      'One or more parameter values were invalid: StreamViewType is required when a stream is enabled',
    )
  }
  return specification.StreamViewType
}
