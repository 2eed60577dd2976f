import { validationError } from '../../wire/aws-error.ts'
import type { AccessRequest } from '../../iam/types.ts'
import type { DynamoOperation } from '../operation.ts'
import { tableArn } from '../schema.ts'

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
  const [, select, insert, update, remove, table] = statement.exec(text) ?? []
  if (table === undefined) return []
  const verb = select ? 'Select' : insert ? 'Insert' : update ? 'Update' : remove && 'Delete'
  return [{ action: `dynamodb:PartiQL${verb}`, resource: tableArn(table) }]
}
