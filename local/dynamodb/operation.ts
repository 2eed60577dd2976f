import type { AccessRequest } from '../iam/types.ts'
import type { Operation } from '../wire/service.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { AttributeValue, Item } from './attribute-value.ts'
import type { Engine } from './engine.ts'
import { tableArn } from './schema.ts'

/** One operation: a request is parsed once, for IAM and for its execution. */
export interface DynamoOperation<Request = any> {
  readonly name: string
  /** @throws AwsError for errors that do not depend on the tables */
  parse(input: any): Request
  access(request: Request, engine: Engine): AccessRequest[]
  /**
   * Reads are synchronous; writes are queued, and no other operation runs between their reads and writes.
   * @throws AwsError
   */
  run(request: Request, engine: Engine): unknown
}

/** Adapts the operation to the wire: `access` and `handle` get the same input and share its parsed form. */
export function wireOperation<Request>(operation: DynamoOperation<Request>, engine: Engine): Operation {
  const parsed = new WeakMap<object, Request>()
  const requestOf = (input: object): Request => {
    const known = parsed.get(input)
    if (known !== undefined) return known
    const request = operation.parse(input)
    if (request !== null && typeof request === 'object') parsed.set(input, request)
    return request
  }
  return {
    access(input) {
      try {
        return operation.access(requestOf(input), engine)
      } catch (error) {
        // `handle` rejects input that does not parse, before it reads or writes, so IAM need not authorize it.
        if (error instanceof AwsError) return []
        throw error
      }
    },
    handle: (input) => operation.run(requestOf(input), engine),
  }
}

/** The values of IAM's condition keys for a request; absent ones are undefined. */
interface AccessContext {
  leadingKeys?: readonly (AttributeValue | undefined)[]
  attributes?: Iterable<string>
  select?: string
  returnValues?: string
  returnConsumedCapacity?: string
  enclosingOperation?: 'TransactWriteItems' | 'TransactGetItems'
}

export function accessRequest(action: string, resource: string, context: AccessContext): AccessRequest {
  const keys: Record<string, readonly string[]> = {}
  const add = (key: string, values: readonly string[]) => {
    if (values.length > 0) keys[`dynamodb:${key}`] = values
  }
  add('leadingkeys', [...new Set((context.leadingKeys ?? []).flatMap(scalarText))])
  add('attributes', [...new Set(context.attributes ?? [])])
  add('select', listOf(context.select))
  add('returnvalues', listOf(context.returnValues))
  add('returnconsumedcapacity', listOf(context.returnConsumedCapacity))
  add('enclosingoperation', listOf(context.enclosingOperation))
  return { action: `dynamodb:${action}`, resource, context: keys }
}

const listOf = (text: string | undefined) => (text === undefined ? [] : [text])

function scalarText(value: AttributeValue | undefined): string[] {
  const text = value?.S ?? value?.N ?? value?.B
  return text === undefined ? [] : [text]
}

/** The partition key of an item or key, when the table is known. */
export function leadingKeyOf(engine: Engine, tableName: string, item: Item): AttributeValue | undefined {
  const table = engine.tables.find(tableName)
  return table && item[table.key.partition.name]
}

/** An operation on a whole table, such as DescribeTable. */
export const tableAccess = (action: string, tableName: string): AccessRequest[] => [
  { action: `dynamodb:${action}`, resource: tableArn(tableName) },
]
