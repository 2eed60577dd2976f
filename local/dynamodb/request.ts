import { AwsError, validationError } from '../wire/aws-error.ts'
import type { AttributeValue, Item } from './attribute-value.ts'
import { checkAttributeValue, checkStructure, type Members } from './dynalite.ts'
import { tableNameOf } from './schema.ts'

/** Legacy parameters, which expressions replaced; every SDK still has them. */
const legacyMembers = {
  KeyConditions: 'KeyConditionExpression',
  QueryFilter: 'FilterExpression',
  ScanFilter: 'FilterExpression',
  AttributesToGet: 'ProjectionExpression',
  AttributeUpdates: 'UpdateExpression',
  Expected: 'ConditionExpression',
  ConditionalOperator: 'ConditionExpression',
}

/**
 * Copies the members that an operation declares and validates their types and constraints.
 * @throws AwsError SerializationException or ValidationException with DynamoDB's message
 */
export function parseRequest(input: any, members: Members): any {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) {
    throw new AwsError('SerializationException', 'Start of structure expected')
  }
  rejectLegacy(input)
  const data = checkMembers({ ...input, TableName: tableNameOf(input.TableName) }, members)
  rejectNull(data, [])
  return data
}

function checkMembers(input: unknown, members: Members): any {
  try {
    return checkStructure(input, members)
  } catch (error) {
    throw asAwsError(error)
  }
}

/** Null members of structures count as absent and are already removed; a null element is invalid. */
function rejectNull(data: unknown, path: readonly string[]): void {
  if (data === null) {
    throw validationError(
      `1 validation error detected: Value null at '${path.join('.')}' failed to satisfy constraint: Member must not be null`,
    )
  }
  if (typeof data !== 'object') return
  for (const [name, member] of Object.entries(data)) rejectNull(member, [...path, name])
}

/** dynalite throws errors with the response body; any other error is a bug and is thrown unchanged. */
function asAwsError(error: any): unknown {
  const type: unknown = error?.body?.__type
  if (typeof type !== 'string') return error
  return new AwsError(type.slice(type.indexOf('#') + 1), error.message)
}

/** @throws AwsError ValidationException that names the expression to use */
export function rejectLegacy(input: Record<string, unknown>): void {
  for (const [member, expression] of Object.entries(legacyMembers)) {
    if (input[member] !== undefined) {
      throw validationError(`The legacy parameter ${member} is not emulated; use ${expression}.`)
    }
  }
}

const nestingLimit = 32

/** Validates the values of an item or key and converts their numbers to canonical form. @throws AwsError ValidationException */
export function checkItem(item: Item): void {
  for (const value of Object.values(item)) {
    requireShallow(value, nestingLimit)
    const error = checkAttributeValue(value)
    if (error !== undefined) throw validationError(error)
  }
}

function requireShallow(value: AttributeValue, levels: number): void {
  const children = value.L ?? (value.M && Object.values(value.M))
  if (!children) return
  if (levels === 0) throw validationError('Nesting Levels have exceeded supported limits')
  for (const child of children) requireShallow(child, levels - 1)
}

/** Members that the API has and dynalite does not. */
export const returnOnFailureMember: Members = {
  ReturnValuesOnConditionCheckFailure: { type: 'String', enum: ['ALL_OLD', 'NONE'] },
}

export const tableNameMember: Members = {
  TableName: {
    type: 'String',
    notNull: true,
    regex: '[a-zA-Z0-9_.-]+',
    lengthGreaterThanOrEqual: 3,
    lengthLessThanOrEqual: 255,
  },
}

export const itemMember = { type: 'Map<AttributeValue>', notNull: true, children: 'AttrStruct<ValueStruct>' }

export const capacityMember: Members = {
  ReturnConsumedCapacity: { type: 'String', enum: ['INDEXES', 'TOTAL', 'NONE'] },
}

export const expressionParameterMembers: Members = {
  ExpressionAttributeValues: { type: 'Map<AttributeValue>', children: 'AttrStruct<ValueStruct>' },
  ExpressionAttributeNames: { type: 'Map<java.lang.String>', children: 'String' },
}

/** Replaces table ARNs in the keys of a batch's RequestItems by table names. */
export function withoutArns(input: any): any {
  const items: unknown = input?.RequestItems
  if (items === null || typeof items !== 'object' || Array.isArray(items)) return input
  const named = Object.entries(items).map(([name, entry]): [string, unknown] => [String(tableNameOf(name)), entry])
  return { ...input, RequestItems: Object.fromEntries(named) }
}
