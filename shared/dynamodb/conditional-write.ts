import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { failed, ok, type Result } from '../result.ts'

type Item = Record<string, unknown>

/**
 * Awaits a write that has a ConditionExpression.
 * @returns its output; when the condition is not satisfied, the stored item as the failure: empty unless the request sets
 * `ReturnValuesOnConditionCheckFailure: 'ALL_OLD'` and there is an item
 */
export async function conditionalWrite<Output>(write: Promise<Output>): Promise<Result<Output, Item>> {
  try {
    return ok(await write)
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return failed(unmarshall(error.Item ?? {}))
    throw error
  }
}

/** Optimistic locking: the condition that an item with a `version` is written by one writer for each version, from 1. */
export const followsVersion = (version: number) =>
  version === 1
    ? { ConditionExpression: 'attribute_not_exists(PK)' }
    : {
        ConditionExpression: '#version = :before',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':before': version - 1 },
      }

interface Condition {
  readonly ConditionExpression: string
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>
  readonly ExpressionAttributeValues?: Readonly<Item>
}

/** The parts of an UpdateItem that sets fields, as `setFields` does, on a condition. */
export function setFieldsWhen(fields: Readonly<Item>, condition: Condition) {
  const update = setFields(fields)
  return {
    ...update,
    ConditionExpression: condition.ConditionExpression,
    ExpressionAttributeNames: { ...update.ExpressionAttributeNames, ...condition.ExpressionAttributeNames },
    ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ...condition.ExpressionAttributeValues },
  }
}

/**
 * The parts of an UpdateItem that set each field, and remove those that are undefined. At least one is defined. Names are
 * placeholders, since `status` is a reserved word.
 */
export function setFields(fields: Readonly<Item>) {
  const entries = Object.entries(fields)
  const set = entries.filter(([, value]) => value !== undefined)
  const removed = entries.filter(([, value]) => value === undefined).map(([name]) => `#${name}`)
  return {
    UpdateExpression:
      `SET ${set.map(([name]) => `#${name} = :${name}`).join(', ')}` +
      (removed.length === 0 ? '' : ` REMOVE ${removed.join(', ')}`),
    ExpressionAttributeNames: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
  }
}
