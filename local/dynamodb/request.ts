import { AwsError, validationError } from '../wire/aws-error.ts'
import { attributeValueFault, type Item } from './attribute-value.ts'
import { readMembers, type Member, type Members } from './members.ts'
import { tableNameOf } from './schema.ts'

/** Legacy parameters, which expressions replaced; every SDK still has them. */
const legacyMembers = {
  AttributesToGet: 'ProjectionExpression',
  AttributeUpdates: 'UpdateExpression',
  Expected: 'ConditionExpression',
  QueryFilter: 'FilterExpression',
  ScanFilter: 'FilterExpression',
  ConditionalOperator: 'ConditionExpression',
  KeyConditions: 'KeyConditionExpression',
} as const

const expressionMembers = [
  'ProjectionExpression',
  'FilterExpression',
  'KeyConditionExpression',
  'UpdateExpression',
  'ConditionExpression',
]

/**
 * Copies the members that an operation declares and validates their types and constraints.
 * @throws AwsError SerializationException or ValidationException with DynamoDB's message
 */
export function parseRequest(input: any, members: Members): any {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) {
    throw new AwsError('SerializationException', 'Start of structure expected')
  }
  if (input.TableName === '') {
    // Reported alone and before all other violations.
    throw validationError(
      "1 validation error detected: Value '' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 1",
    )
  }
  rejectLegacy(input)
  return readMembers({ ...input, TableName: tableNameOf(input.TableName) }, members)
}

/** @throws AwsError ValidationException that names the expression to use */
export function rejectLegacy(input: Record<string, unknown>): void {
  const legacy = Object.keys(legacyMembers).filter((member) => input[member] !== undefined)
  if (legacy.length === 0) return
  const expressions = expressionMembers.filter((member) => input[member] !== undefined)
  if (expressions.length > 0 && !hasKeyConditionsWithFilter(input)) {
    throw validationError(
      'Can not use both expression and non-expression parameters in the same request: ' +
        `Non-expression parameters: {${legacy.join(', ')}} Expression parameters: {${expressions.join(', ')}}`,
    )
  }
  const member = legacy[0] as keyof typeof legacyMembers
  throw validationError(`The legacy parameter ${member} is not emulated; use ${legacyMembers[member]}.`)
}

/** The only combination of both that DynamoDB accepts. */
const hasKeyConditionsWithFilter = (input: Record<string, unknown>) =>
  input['KeyConditions'] !== undefined && input['KeyConditionExpression'] === undefined

/** Validates the values of an item or key and converts their numbers to canonical form. @throws AwsError ValidationException */
export function checkItem(item: Item): void {
  for (const name of Object.keys(item)) {
    const fault = attributeValueFault(item[name]!)
    if (fault !== undefined) throw validationError(fault)
  }
}

export const textMember = { type: 'String' } as const
export const flagMember = { type: 'Boolean' } as const

/** The name of a table or index. */
export const nameMember = { type: 'String', pattern: '[a-zA-Z0-9_.-]+', min: 3, max: 255 } as const

export const tableNameMember = { TableName: { ...nameMember, required: true } } as const satisfies Members

export const attributesMember = {
  type: 'Map',
  valueClass: 'AttributeValue',
  of: { type: 'AttributeValue' },
} as const satisfies Member

/** A required key or item. */
export const itemMember = { ...attributesMember, required: true } as const

export const capacityMember = {
  ReturnConsumedCapacity: { type: 'String', enum: ['INDEXES', 'TOTAL', 'NONE'] },
} as const satisfies Members

export const collectionMetricsMember = {
  ReturnItemCollectionMetrics: { type: 'String', enum: ['SIZE', 'NONE'] },
} as const satisfies Members

export const returnOnFailureMember = {
  ReturnValuesOnConditionCheckFailure: { type: 'String', enum: ['ALL_OLD', 'NONE'] },
} as const satisfies Members

export const attributeNamesMember = {
  ExpressionAttributeNames: { type: 'Map', valueClass: 'java.lang.String', of: textMember },
} as const satisfies Members

export const expressionParameterMembers = {
  ExpressionAttributeValues: attributesMember,
  ...attributeNamesMember,
} as const satisfies Members

/** The keys of a batch's RequestItems. */
export const tableNameKeys = { min: 3, max: 255, pattern: nameMember.pattern }

/** @throws AwsError ValidationException when a batch is empty */
export function requireItems(request: { RequestItems: object }, operation: string): void {
  if (Object.keys(request.RequestItems).length > 0) return
  throw validationError(`The requestItems parameter is required for ${operation}`)
}

/** Replaces table ARNs in the keys of a batch's RequestItems by table names. */
export function withoutArns(input: any): any {
  const items: unknown = input?.RequestItems
  if (items === null || typeof items !== 'object' || Array.isArray(items)) return input
  const named = Object.entries(items).map(([name, entry]): [string, unknown] => [String(tableNameOf(name)), entry])
  return { ...input, RequestItems: Object.fromEntries(named) }
}
