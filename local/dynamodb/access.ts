import type { AccessRequest } from '../iam/types.ts'
import type { AttributeValue, Item } from './attribute-value.ts'
import type { Engine } from './engine.ts'
import { tableArn } from './schema.ts'

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
