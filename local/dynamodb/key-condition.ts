import { validationError } from '../wire/aws-error.ts'
import type { AttributeValue } from './attribute-value.ts'
import { isCall, isPath, type Call } from './expression-parser.ts'
import { headOf, type Expressions } from './expressions.ts'
import { afterPrefix, encodeKey, encodePartition, requireNonEmpty } from './item-key.ts'
import type { KeyRange } from './item-store.ts'
import { invalidValues, keyAttributes, type KeyAttribute, type KeySchema } from './schema.ts'

interface KeyCondition {
  readonly operator: KeyRange['operator'] | 'BETWEEN' | 'begins_with'
  readonly values: readonly AttributeValue[]
}

/** The operators of key conditions, as seen from the other operand. */
const reversed = {
  '=': '=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  BETWEEN: undefined,
  begins_with: undefined,
} as const

type KeyConditions = ReadonlyMap<string, KeyCondition>

/** The conditions of a KeyConditionExpression by attribute. @throws AwsError ValidationException */
export function keyConditionsOf(expressions: Expressions): KeyConditions {
  const conditions = new Map<string, KeyCondition>()
  addConditions(expressions.keyCondition!.expression, conditions)
  return conditions
}

const invalid = (reason: string) => validationError(`Invalid condition in KeyConditionExpression: ${reason}`)

function addConditions({ type, args }: Call, conditions: Map<string, KeyCondition>): void {
  if (type === 'AND') {
    for (const condition of args) addConditions(condition as Call, conditions)
    return
  }
  if (!Object.hasOwn(reversed, type)) {
    throw validationError(`Invalid operator used in KeyConditionExpression: ${type}`)
  }
  const operator = type as keyof typeof reversed
  const seen = isPath(args[0]!) ? operator : reversed[operator]
  if (seen === undefined) throw invalid(`${type} operator must have the key attribute as its first operand`)
  if (args.some(isCall)) throw validationError('KeyConditionExpressions cannot contain nested operations')
  const [path, ...otherPaths] = args.filter(isPath)
  if (otherPaths.length > 0) throw invalid('Multiple attribute names used in one condition')
  if (path === undefined) throw invalid('No key attribute specified')
  if (path.length > 1) throw validationError('KeyConditionExpressions cannot have conditions on nested attributes')
  const attribute = headOf(path)
  if (conditions.has(attribute)) {
    throw validationError(
      'Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key',
    )
  }
  conditions.set(attribute, { operator: seen, values: args.filter((operand) => !isPath(operand)) as AttributeValue[] })
}

/** The value that a key condition requires of an attribute by equality. */
export function equalValueOf(conditions: KeyConditions, attribute: KeyAttribute): AttributeValue | undefined {
  const condition = conditions.get(attribute.name)
  return condition?.operator === '=' ? condition.values[0] : undefined
}

/** The ranges that a query reads, all of which apply. @throws AwsError ValidationException when the conditions do not match the key */
export function rangesOf(key: KeySchema, conditions: KeyConditions): KeyRange[] {
  const { length: keyCount } = keyAttributes(key)
  if (conditions.size > keyCount) {
    throw validationError(
      `The number of query conditions (${conditions.size}) exceeds the number of key attributes defined in the schema (${keyCount})`,
    )
  }
  const partition = conditions.get(key.partition.name)
  if (!partition) throw validationError(`Query condition missed key schema element: ${key.partition.name}`)
  requireType(partition, key.partition)
  if (partition.operator !== '=') throw validationError('Query key condition not supported')
  const range: KeyRange = { column: 'partition', operator: '=', value: encodePartition(partition.values[0]!) }
  if (conditions.size === 1 || !key.sort) return [range]
  const sort = conditions.get(key.sort.name)
  if (!sort) throw validationError(`Query condition missed key schema element: ${key.sort.name}`)
  requireType(sort, key.sort)
  return [range, ...sortRanges(sort)]
}

function requireType(condition: KeyCondition, { name, type }: KeyAttribute): void {
  for (const value of condition.values) {
    if (value[type] === undefined) throw invalidValues('Condition parameter type does not match schema type')
    requireNonEmpty(value, name)
  }
}

function sortRanges({ operator, values }: KeyCondition): KeyRange[] {
  const [first, second] = values.map((value) => encodeKey(value))
  if (operator === 'BETWEEN') return [sortRange('>=', first!), sortRange('<=', second!)]
  if (operator !== 'begins_with') return [sortRange(operator, first!)]
  const end = afterPrefix(first!)
  return [sortRange('>=', first!), ...(end ? [sortRange('<', end)] : [])]
}

const sortRange = (operator: KeyRange['operator'], value: Buffer): KeyRange => ({ column: 'sort', operator, value })
