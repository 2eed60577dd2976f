import { validationError } from '../../wire/aws-error.ts'
import type { AccessRequest } from '../../iam/types.ts'
import type { DynamoOperation } from '../operation.ts'
import { tableArn } from '../schema.ts'

/**
 * PartiQL is rejected with an error that says that it is not emulated; a caller without permission is denied first, as
 * on AWS.
 */
const unsupported = (name: string, textsOf: (input: any) => unknown[]): DynamoOperation<readonly string[]> => ({
  name,
  parse(input) {
    if (input === null || typeof input !== 'object') throw validationError(`${name}: the request is not an object.`)
    return textsOf(input).filter((text) => typeof text === 'string')
  },
  access: (texts) => texts.flatMap(accessOf),
  run() {
    throw validationError(`${name}: PartiQL is not emulated; use the item operations and Query.`)
  },
})

/** The verb and the table, which may be in double quotes and be followed by an index. */
const statement = /^\s*(?:(SELECT)\b.*?\bFROM|(INSERT)\s+INTO|(UPDATE)|(DELETE)\s+FROM)\s+"?([\w.-]+)"?/is

function accessOf(text: string): AccessRequest[] {
  const [, select, insert, update, remove, table] = statement.exec(text) ?? []
  if (table === undefined) return []
  const verb = select ? 'Select' : insert ? 'Insert' : update ? 'Update' : remove && 'Delete'
  return [{ action: `dynamodb:PartiQL${verb}`, resource: tableArn(table) }]
}

const statementsIn = (member: string) => (input: any) =>
  (input?.[member] ?? []).map((each: { Statement?: unknown }) => each?.Statement)

export const partiQlOperations = [
  unsupported('ExecuteStatement', (input) => [input?.Statement]),
  unsupported('BatchExecuteStatement', statementsIn('Statements')),
  unsupported('ExecuteTransaction', statementsIn('TransactStatements')),
]
