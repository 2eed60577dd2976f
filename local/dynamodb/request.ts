import { AwsError, validationError } from '../wire/aws-error.ts'
import { checkValue } from './attribute-value.ts'
import { tableNameOf } from './schema.ts'

/** The declaration of a request member: its type and constraints. */
export type Member = {
  readonly required?: boolean
  /** Bounds of a number, or of the length of a text or list. */
  readonly min?: number
  readonly max?: number
  readonly enum?: readonly string[]
  readonly pattern?: RegExp
} & (
  | { readonly type: 'String' | 'Boolean' | 'Integer' }
  /** A table's name; clients may use its ARN instead. */
  | { readonly type: 'TableName' }
  /** An item, a key, or other attribute values by name. */
  | { readonly type: 'Attributes' }
  /** Texts by name. */
  | { readonly type: 'Names' }
  /** Entries by table name. */
  | { readonly type: 'Tables'; readonly of: Member }
  | { readonly type: 'List'; readonly of: Member }
  | { readonly type: 'Structure'; readonly members: Members }
)

export type Members = Readonly<Record<string, Member>>

/** Parameters that change what an operation does or returns: those that expressions replaced, and rarely used ones. */
const unsupported = [
  'AttributesToGet',
  'AttributeUpdates',
  'Expected',
  'QueryFilter',
  'ScanFilter',
  'ConditionalOperator',
  'KeyConditions',
  'ReturnItemCollectionMetrics',
  'Segment',
  'TotalSegments',
]

/**
 * Copies the members that an operation declares, checks their types and constraints, and converts numbers to canonical
 * form. AWS ignores undeclared members; those that are not emulated are rejected.
 * @throws AwsError SerializationException or ValidationException
 */
export const parseRequest = (input: unknown, members: Members): any => structure(input, members, '')

function structure(input: unknown, members: Members, path: string): Record<string, unknown> {
  const found = objectAt(input, path)
  const rejected = unsupported.find((name) => found[name] !== undefined)
  if (rejected) throw validationError(`The parameter ${rejected} is not emulated.`)
  const result: Record<string, unknown> = {}
  for (const name in members) {
    const member = members[name]!
    const value = Object.hasOwn(found, name) ? found[name] : undefined
    if (value !== undefined && value !== null) result[name] = read(value, member, `${path}${name}`)
    else if (member.required) throw violation(null, `${path}${name}`, 'must not be null')
  }
  return result
}

function read(value: unknown, member: Member, path: string): unknown {
  switch (member.type) {
    case 'String':
      return constrained(textAt(value, path), member, path)
    case 'TableName':
      return constrained(tableNameOf(textAt(value, path)), nameMember, path)
    case 'Boolean':
      if (typeof value !== 'boolean') throw wrongType(path)
      return value
    case 'Integer':
      if (typeof value !== 'number') throw wrongType(path)
      return constrained(Math.floor(value), member, path)
    case 'Attributes':
      for (const entry of Object.values(objectAt(value, path))) checkValue(entry)
      return value
    case 'Names':
      for (const entry of Object.values(objectAt(value, path))) textAt(entry, path)
      return value
    case 'Tables':
      return Object.fromEntries(
        Object.entries(objectAt(value, path)).map(([name, entry]) => [
          read(name, { type: 'TableName' }, path),
          read(entry, member.of, `${path}.${name}.member`),
        ]),
      )
    case 'List':
      if (!Array.isArray(value)) throw wrongType(path)
      return constrained(value, member, path).map((element, index) =>
        read(element, member.of, `${path}.${index + 1}.member`),
      )
    case 'Structure':
      return structure(value, member.members, `${path}.`)
    default:
      return member satisfies never
  }
}

function constrained<T extends string | number | unknown[]>(
  value: T,
  member: Pick<Member, keyof Member>,
  path: string,
): T {
  const { min = -Infinity, max = Infinity, enum: names, pattern } = member
  if (names && !names.includes(String(value))) {
    throw violation(value, path, `must satisfy enum value set: [${names.join(', ')}]`)
  }
  if (pattern && !pattern.test(String(value))) {
    throw violation(value, path, `must satisfy regular expression pattern: ${pattern.source}`)
  }
  const [size, what] = typeof value === 'number' ? [value, 'value'] : [value.length, 'length']
  if (size < min) throw violation(value, path, `must have ${what} greater than or equal to ${min}`)
  if (size > max) throw violation(value, path, `must have ${what} less than or equal to ${max}`)
  return value
}

function violation(value: unknown, path: string, constraint: string): AwsError {
  const subject = value === null ? 'null' : `'${typeof value === 'object' ? JSON.stringify(value) : String(value)}'`
  const place = path.replaceAll(/(?<=^|\.)[A-Z]/g, (first) => first.toLowerCase())
  return validationError(
    `1 validation error detected: Value ${subject} at '${place}' failed to satisfy constraint: Member ${constraint}`,
  )
}

const wrongType = (path: string) =>
  new AwsError('SerializationException', path ? `The value of ${path} has a wrong type.` : 'The request is no object.')

function textAt(value: unknown, path: string): string {
  if (typeof value !== 'string') throw wrongType(path)
  return value
}

function objectAt(value: unknown, path: string): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw wrongType(path)
  return value as Record<string, unknown>
}

export const textMember = { type: 'String' } as const
export const flagMember = { type: 'Boolean' } as const

/** The name of a table or index. */
export const nameMember = { type: 'String', pattern: /^[a-zA-Z0-9_.-]+$/, min: 3, max: 255 } as const

export const tableNameMember = { TableName: { type: 'TableName', required: true } } as const satisfies Members

/** A required key or item. */
export const itemMember = { type: 'Attributes', required: true } as const

export const capacityMember = {
  ReturnConsumedCapacity: { type: 'String', enum: ['TOTAL', 'NONE'] },
} as const satisfies Members

export const projectionMembers = {
  ProjectionExpression: textMember,
  ExpressionAttributeNames: { type: 'Names' },
} as const satisfies Members

export const conditionMembers = {
  ConditionExpression: textMember,
  ExpressionAttributeNames: { type: 'Names' },
  ExpressionAttributeValues: { type: 'Attributes' },
  ReturnValuesOnConditionCheckFailure: { type: 'String', enum: ['ALL_OLD', 'NONE'] },
} as const satisfies Members

/** The entries of a batch by table. */
export const requestItemsMember = (of: Member): Members => ({ RequestItems: { type: 'Tables', required: true, of } })

/** @throws AwsError ValidationException when a batch is empty or too large */
export function requireBatchSize(operation: string, sizes: readonly number[], limit: number): void {
  if (sizes.length === 0) throw validationError(`The requestItems parameter is required for ${operation}`)
  if (sizes.reduce((sum, size) => sum + size) > limit) {
    throw validationError(`Too many items requested for the ${operation} call`)
  }
}
