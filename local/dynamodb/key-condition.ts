import { validationError } from '../wire/aws-error.ts'
import type { AttributeValue } from './attribute-value.ts'
import { isPath, type Comparison, type ConditionNode, type FunctionCall } from './expression-tree.ts'
import { headOf, type Expressions } from './expressions.ts'
import { afterPrefix, encodeKey, encodePartition } from './item-key.ts'
import type { KeyRange } from './item-store.ts'
import type { KeyAttribute, KeySchema } from './schema.ts'

interface KeyCondition {
  readonly operator: '=' | '<' | '<=' | '>' | '>=' | 'between' | 'begins_with'
  readonly values: readonly AttributeValue[]
}

export type KeyConditions = ReadonlyMap<string, KeyCondition>

/** The conditions of a KeyConditionExpression by attribute. @throws AwsError ValidationException */
export function keyConditionsOf(expressions: Expressions): KeyConditions {
  const conditions = new Map<string, KeyCondition>()
  addConditions(expressions.keyCondition!.expression, conditions)
  if (conditions.size > 2) throw validationError('Conditions can be of length 1 or 2 only')
  return conditions
}

function addConditions(node: ConditionNode, conditions: Map<string, KeyCondition>): void {
  switch (node.type) {
    case 'and':
      for (const part of node.args) addConditions(part, conditions)
      return
    case 'or':
    case 'not':
    case 'in':
    case '<>':
      throw invalidOperator(node.type.toUpperCase())
    case 'function':
      if (node.name !== 'begins_with') throw invalidOperator(node.name)
      break
    default:
  }
  const { attribute, condition } = keyCondition(node)
  if (conditions.has(attribute))
    throw validationError('KeyConditionExpressions must only contain one condition per key')
  conditions.set(attribute, condition)
}

const invalidOperator = (name: string) => validationError(`Invalid operator used in KeyConditionExpression: ${name}`)

const invalid = (reason: string) => validationError(`Invalid condition in KeyConditionExpression: ${reason}`)

/** The operators as seen from the other operand. */
const reversed = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const

function keyCondition(node: Comparison | FunctionCall): { attribute: string; condition: KeyCondition } {
  const { args } = node
  const operator = (node.type === 'function' ? 'begins_with' : node.type) as KeyCondition['operator']
  const needsAttributeFirst = operator === 'between' || operator === 'begins_with'
  if (needsAttributeFirst && !isPath(args[0])) {
    const name = operator === 'between' ? 'BETWEEN' : operator
    throw invalid(`${name} operator must have the key attribute as its first operand`)
  }
  if (args.some((operand) => 'type' in operand)) {
    throw validationError('KeyConditionExpressions cannot contain nested operations')
  }
  const paths = args.filter(isPath)
  if (paths.length > 1) throw invalid('Multiple attribute names used in one condition')
  const [path] = paths
  if (path === undefined) throw invalid('No key attribute specified')
  if (path.length > 1) throw validationError('KeyConditionExpressions cannot have conditions on nested attributes')
  const values = args.filter((operand) => !isPath(operand)) as AttributeValue[]
  const seen = isPath(args[0]) ? operator : reversed[operator as keyof typeof reversed]
  return { attribute: headOf(path), condition: { operator: seen, values } }
}

/** The value that a key condition requires of an attribute by equality. */
export function equalValueOf(conditions: KeyConditions, attribute: KeyAttribute): AttributeValue | undefined {
  const condition = conditions.get(attribute.name)
  return condition?.operator === '=' ? condition.values[0] : undefined
}

/** The ranges that a query reads, all of which apply. @throws AwsError ValidationException when the conditions do not match the key */
export function rangesOf(key: KeySchema, conditions: KeyConditions): KeyRange[] {
  const partition = conditions.get(key.partition.name)
  if (!partition) throw validationError(`Query condition missed key schema element: ${key.partition.name}`)
  requireType(partition, key.partition)
  if (partition.operator !== '=') throw validationError('Query key condition not supported')
  const range: KeyRange = { column: 'partition', operator: '=', value: encodePartition(partition.values[0]!) }
  if (conditions.size === 1) return [range]
  if (!key.sort) throw validationError('Query key condition not supported')
  const sort = conditions.get(key.sort.name)
  if (!sort) throw validationError(`Query condition missed key schema element: ${key.sort.name}`)
  requireType(sort, key.sort)
  return [range, ...sortRanges(sort)]
}

function requireType(condition: KeyCondition, attribute: KeyAttribute): void {
  for (const value of condition.values) {
    if (value[attribute.type] === undefined) {
      throw validationError(
        'One or more parameter values were invalid: Condition parameter type does not match schema type',
      )
    }
    if (value.S === '' || value.B === '') {
      throw validationError(
        `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${value.S === '' ? 'string' : 'binary'} value. Key: ${attribute.name}`,
      )
    }
  }
}

function sortRanges({ operator, values }: KeyCondition): KeyRange[] {
  const [first, second] = values.map((value) => encodeKey(value))
  if (operator === 'between') return [sortRange('>=', first!), sortRange('<=', second!)]
  if (operator !== 'begins_with') return [sortRange(operator, first!)]
  const end = afterPrefix(first!)
  return [sortRange('>=', first!), ...(end ? [sortRange('<', end)] : [])]
}

const sortRange = (operator: KeyRange['operator'], value: Buffer): KeyRange => ({ column: 'sort', operator, value })
