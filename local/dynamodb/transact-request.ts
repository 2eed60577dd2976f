import { AwsError, validationError } from '../wire/aws-error.ts'
import type { Item } from './attribute-value.ts'
import { expressionsOf } from './expressions.ts'
import type { Member, Members } from './members.ts'
import {
  attributeNamesMember,
  capacityMember,
  checkItem,
  collectionMetricsMember,
  expressionParameterMembers,
  itemMember,
  rejectLegacy,
  returnOnFailureMember,
  tableNameMember,
  textMember,
} from './request.ts'
import { tableNameOf } from './schema.ts'
import { itemTooLarge, type WriteAction } from './writes.ts'

const transactionLimitItems = 100
export const transactionLimitBytes = 4 * 1024 * 1024

const conditionMembers = {
  ...tableNameMember,
  ...expressionParameterMembers,
  ...returnOnFailureMember,
  ConditionExpression: textMember,
}

const structure = (name: string, members: Members) => ({ type: 'Structure', name, members }) as const

const items = (members: Members): Member => ({
  type: 'List',
  required: true,
  min: 1,
  max: transactionLimitItems,
  of: structure('TransactItem', members),
})

export const transactWriteMembers: Members = {
  ...capacityMember,
  ...collectionMetricsMember,
  ClientRequestToken: { type: 'String', min: 1, max: 36 },
  TransactItems: items({
    ConditionCheck: structure('ConditionCheck', {
      ...conditionMembers,
      Key: itemMember,
      ConditionExpression: { ...textMember, required: true },
    }),
    Put: structure('Put', { ...conditionMembers, Item: itemMember }),
    Delete: structure('Delete', { ...conditionMembers, Key: itemMember }),
    Update: structure('Update', {
      ...conditionMembers,
      Key: itemMember,
      UpdateExpression: { ...textMember, required: true },
    }),
  }),
}

export const transactGetMembers: Members = {
  ...capacityMember,
  TransactItems: items({
    Get: {
      ...structure('Get', {
        ...tableNameMember,
        ...attributeNamesMember,
        Key: itemMember,
        ProjectionExpression: textMember,
      }),
      required: true,
    },
  }),
}

/** Replaces table ARNs by table names in every action. @throws AwsError ValidationException for legacy parameters */
export function withTableNames(input: any): any {
  if (!Array.isArray(input?.TransactItems)) return input
  return {
    ...input,
    TransactItems: input.TransactItems.map((entry: unknown) =>
      entry !== null && typeof entry === 'object'
        ? Object.fromEntries(Object.entries(entry).map(([kind, action]) => [kind, withTableName(action)]))
        : entry,
    ),
  }
}

function withTableName(action: any): unknown {
  if (action === null || typeof action !== 'object') return action
  rejectLegacy(action)
  return { ...action, TableName: tableNameOf(action.TableName) }
}

const kinds = { Put: 'put', Update: 'update', Delete: 'delete', ConditionCheck: 'check' } as const

/** The action of one entry of TransactItems. @throws AwsError ValidationException */
export function actionOf(entry: Record<string, any>): WriteAction {
  const [name, ...others] = Object.keys(entry)
  if (name === undefined || others.length > 0) {
    throw validationError('TransactItems can only contain one of Check, Put, Update or Delete')
  }
  const kind = kinds[name as keyof typeof kinds]
  const request = entry[name]
  checkItem(request.Item ?? request.Key)
  const shared = {
    tableName: request.TableName as string,
    expressions: expressionsOf(
      request,
      kind === 'update' ? ['UpdateExpression', 'ConditionExpression'] : ['ConditionExpression'],
    ),
    returnOldOnFailure: request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
  }
  return kind === 'put'
    ? { ...shared, kind, item: request.Item as Item }
    : { ...shared, kind, key: request.Key as Item }
}

export type CancellationReason =
  | { readonly Code: 'None' }
  | { readonly Code: 'ConditionalCheckFailed'; readonly Message: string; readonly Item?: Item }
  | { readonly Code: 'ValidationError' | 'TransactionConflict' | 'ThrottlingError'; readonly Message: string }

/** The message of TransactionConflictException, and of a cancellation reason. */
export const conflictMessage = 'Transaction is ongoing for the item'

export const conflictReason: CancellationReason = { Code: 'TransactionConflict', Message: conflictMessage }

export const noReason: CancellationReason = { Code: 'None' }

/** @throws AwsError TransactionCanceledException when at least one action has a reason */
export function requireNoReasons(reasons: readonly CancellationReason[]): void {
  if (reasons.some((reason) => reason.Code !== 'None')) throw transactionCanceled(reasons)
}

/** The error of a transaction with at least one failed action. */
const transactionCanceled = (reasons: readonly CancellationReason[]): AwsError =>
  new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map((reason) => reason.Code).join(', ')}]`,
    { members: { CancellationReasons: reasons } },
  )

/**
 * Converts an error of one action, such as a key that does not match its table, to its cancellation reason. Values that
 * are invalid for every stored item reject the whole request.
 */
export function reasonOf(error: unknown): CancellationReason {
  if (error instanceof AwsError && error.name === 'ValidationException' && !rejectsRequest(error.message)) {
    return { Code: 'ValidationError', Message: error.message }
  }
  throw error
}

const rejectsRequest = (message: string) =>
  message === itemTooLarge || message.startsWith('One or more parameter values are not valid.')
