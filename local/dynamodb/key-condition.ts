import { validationError } from '../wire/aws-error.ts'
import type { AttributeValue } from './attribute-value.ts'
import { convertKeyCondition, type KeyCondition } from './dynalite.ts'
import type { Expressions } from './expressions.ts'
import { afterPrefix, encodeKey, encodePartition } from './key-encoding.ts'
import type { Range } from './range-store.ts'
import type { KeyAttribute, KeySchema } from './schema.ts'

export type KeyConditions = Readonly<Record<string, KeyCondition>>

/** The conditions of a KeyConditionExpression by attribute. @throws AwsError ValidationException */
export function keyConditionsOf(expressions: Expressions): KeyConditions {
  const conditions = convertKeyCondition(expressions.keyCondition!.expression)
  if (typeof conditions === 'string') throw validationError(conditions)
  const count = Object.keys(conditions).length
  if (count !== 1 && count !== 2) throw validationError('Conditions can be of length 1 or 2 only')
  return conditions
}

/** The value that a key condition requires of an attribute by equality. */
export const equalValueOf = (conditions: KeyConditions, attribute: KeyAttribute): AttributeValue | undefined =>
  conditions[attribute.name]?.ComparisonOperator === 'EQ'
    ? conditions[attribute.name]!.AttributeValueList[0]
    : undefined

/** The range that a query reads. @throws AwsError ValidationException when the conditions do not match the key */
export function rangeOf(key: KeySchema, conditions: KeyConditions): Range {
  const count = Object.keys(conditions).length
  const partition = conditions[key.partition.name]
  if (!partition) throw validationError(`Query condition missed key schema element: ${key.partition.name}`)
  requireType(partition, key.partition)
  if (partition.ComparisonOperator !== 'EQ') throw validationError('Query key condition not supported')
  const sort = key.sort && conditions[key.sort.name]
  if (count === 2 && !key.sort) throw validationError('Query key condition not supported')
  if (count === 2 && !sort) throw validationError(`Query condition missed key schema element: ${key.sort!.name}`)
  const range = { partition: encodePartition(partition.AttributeValueList[0]) }
  if (!sort) return range
  requireType(sort, key.sort)
  return { ...range, ...sortRange(sort) }
}

function requireType(condition: KeyCondition, attribute: KeyAttribute): void {
  for (const value of condition.AttributeValueList as AttributeValue[]) {
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

function sortRange(condition: KeyCondition): Pick<Range, 'sortFrom' | 'sortTo'> {
  const [first, second] = condition.AttributeValueList.map((value: AttributeValue) => encodeKey(value))
  const including = { at: first!, inclusive: true }
  const excluding = { at: first!, inclusive: false }
  switch (condition.ComparisonOperator) {
    case 'EQ':
      return { sortFrom: including, sortTo: including }
    case 'LT':
      return { sortTo: excluding }
    case 'LE':
      return { sortTo: including }
    case 'GT':
      return { sortFrom: excluding }
    case 'GE':
      return { sortFrom: including }
    case 'BETWEEN':
      return { sortFrom: including, sortTo: { at: second!, inclusive: true } }
    case 'BEGINS_WITH': {
      const end = afterPrefix(first!)
      return { sortFrom: including, sortTo: end && { at: end, inclusive: false } }
    }
    default:
      return condition.ComparisonOperator satisfies never
  }
}
