import { AwsError, validationError } from '../../wire/aws-error.ts'
import type { Item } from '../attribute-value.ts'
import { readCapacity } from '../capacity.ts'
import type { Engine } from '../engine.ts'
import type { PlannedWrite } from '../item-store.ts'
import {
  attributeNamesMember,
  capacityMember,
  collectionMetricsMember,
  expressionParameterMembers,
  itemMember,
  returnOnFailureMember,
  structure,
  tableNameMember,
  textMember,
  type Members,
} from '../members.ts'
import {
  itemAccess,
  itemOperation,
  locate,
  locateByKey,
  type Located,
  requireDistinct,
  requireScalarKeyPaths,
  type Target,
} from '../operation.ts'
import { requestHash } from '../write-queue.ts'
import { actionNames, actionOf, itemTooLarge, planWrite, writeAll, type WriteAction } from '../writes.ts'
import { readItem, readTarget, selectOf } from './read-items.ts'

const transactionLimitItems = 100
const transactionLimitBytes = 4 * 1024 * 1024

const transactItems = (members: Members): Members => ({
  TransactItems: {
    type: 'List',
    required: true,
    min: 1,
    max: transactionLimitItems,
    of: structure('TransactItem', members),
  },
})

export const transactGetItems = itemOperation({
  name: 'TransactGetItems',
  kind: 'read',
  several: true,
  members: {
    ...capacityMember,
    ...transactItems({
      Get: structure(
        'Get',
        { ...tableNameMember, ...attributeNamesMember, Key: itemMember, ProjectionExpression: textMember },
        true,
      ),
    }),
  },
  parse: (request) => ({ targets: request.TransactItems.map(({ Get }: any) => readTarget(Get)) as Target[] }),
  access: ({ targets }, engine) =>
    targets.map((target) => ({
      ...itemAccess(engine, 'GetItem', [target]),
      select: selectOf(target),
      enclosingOperation: 'TransactGetItems',
    })),
  run({ targets }, engine) {
    const { located, reasons } = locateAll(engine, targets, locateByKey, (item) => engine.writes.hasWrite(item))
    if (!reasons.some(({ Code }) => Code === 'ValidationError')) requireDistinct(located, notDistinct)
    requireNoReasons(reasons)
    for (const { table, target } of located) requireScalarKeyPaths(table, target.expressions)
    const reads = located.map((each) => readItem(engine, each))
    requireTransactionSize(reads.map(({ size }) => size))
    return {
      // Unlike GetItem, without the item when its projection has no attributes.
      output: { Responses: reads.map(({ item = {} }) => (Object.keys(item).length > 0 ? { Item: item } : {})) },
      capacity: () => reads.map(({ size }, position) => readCapacity(located[position]!.table, size, true)),
      transaction: 'Read',
    }
  },
})

const conditionMembers = {
  ...tableNameMember,
  ...expressionParameterMembers,
  ...returnOnFailureMember,
  ConditionExpression: textMember,
}

export const transactWriteItems = itemOperation({
  name: 'TransactWriteItems',
  kind: 'write',
  several: true,
  members: {
    ClientRequestToken: { type: 'String', min: 1, max: 36 },
    ...capacityMember,
    ...collectionMetricsMember,
    ...transactItems({
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
  },
  parse: (request) => ({
    /** Must be equal in a retry with the same token. */
    content: request.TransactItems as unknown,
    targets: request.TransactItems.map(transactedAction) as WriteAction[],
    token: request.ClientRequestToken as string | undefined,
  }),
  access: ({ targets }, engine) =>
    targets.map((action) => ({
      ...itemAccess(engine, actionNames[action.kind], [action]),
      enclosingOperation: 'TransactWriteItems',
    })),
  async run({ targets, token, content }, engine) {
    const { located, reasons } = locateAll(engine, targets, locate, (item) => engine.writes.hasTransaction(item))
    requireDistinct(located, notDistinct)
    const hash = token === undefined ? '' : requestHash(content)
    if (token !== undefined) {
      if (engine.tokens.seen(token, hash)) {
        // A retry writes nothing; AWS counts it as reads of the items.
        const reads = located.map((each) => readCapacity(each.table, readItem(engine, each).size, true))
        return { output: {}, capacity: () => reads, transaction: 'Read' }
      }
      if (engine.writes.hasToken(token)) {
        throw new AwsError(
          'TransactionInProgressException',
          'The transaction with the given request token is already in progress',
        )
      }
    }
    requireNoReasons(reasons)
    const writes = await writeAll(engine, located, () => planAll(engine, located), { token, hash })
    return { output: {}, writes, transaction: 'Write' }
  },
})

const kinds = { Put: 'put', Update: 'update', Delete: 'delete', ConditionCheck: 'check' } as const

/** The action of one entry of TransactItems. @throws AwsError ValidationException */
function transactedAction(entry: Record<string, any>): WriteAction {
  const [name, ...others] = Object.keys(entry)
  if (name === undefined) {
    throw validationError('Invalid Request: TransactWriteRequest should contain Delete or Put or Update request')
  }
  if (others.length > 0) {
    throw validationError('TransactItems can only contain one of Check, Put, Update or Delete')
  }
  return actionOf(kinds[name as keyof typeof kinds], entry[name])
}

/** Evaluates every action before the first write. @throws AwsError TransactionCanceledException with a reason for each action */
function planAll(engine: Engine, located: readonly Located<WriteAction>[]): PlannedWrite[] {
  const { results, reasons } = attempt(located, (each) => planWrite(engine, each))
  requireNoReasons(reasons)
  requireTransactionSize(results.map((write) => write.afterSize || write.beforeSize))
  return results
}

function requireTransactionSize(sizes: readonly number[]): void {
  if (sizes.reduce((sum, size) => sum + size, 0) > transactionLimitBytes) {
    throw validationError('The aggregate size of the items in the transaction exceeded the 4MB limit')
  }
}

type CancellationReason =
  | { readonly Code: 'None' }
  | { readonly Code: 'ConditionalCheckFailed'; readonly Message: string; readonly Item?: Item }
  | { readonly Code: 'ValidationError' | 'TransactionConflict' | 'ThrottlingError'; readonly Message: string }

const conflictMessage = 'Transaction is ongoing for the item'

/** The error of a plain write of an item with an ongoing transaction. */
export const conflictError = () => new AwsError('TransactionConflictException', conflictMessage)

export const conflictReason: CancellationReason = { Code: 'TransactionConflict', Message: conflictMessage }

export const noReason: CancellationReason = { Code: 'None' }

/** @throws AwsError TransactionCanceledException when at least one action has a reason */
export function requireNoReasons(reasons: readonly CancellationReason[]): void {
  if (reasons.every((reason) => reason.Code === 'None')) return
  const codes = reasons.map((reason) => reason.Code).join(', ')
  throw new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { members: { CancellationReasons: reasons } },
  )
}

/** Two actions on one item would depend on their order, which a transaction does not have. */
const notDistinct = 'Transaction request cannot include multiple operations on one item'

/** The items of a transaction, and for each action the reason for which it cannot be carried out. */
function locateAll<Of extends Target>(
  engine: Engine,
  targets: readonly Of[],
  locateOne: (engine: Engine, target: Of) => Located<Of>,
  conflicts: (text: string) => boolean,
) {
  for (const { tableName } of targets) engine.tables.get(tableName)
  const { results: located, reasons } = attempt(targets, (target) => locateOne(engine, target))
  const ongoing = located.map(({ target, text }) => conflicts(text) && targets.indexOf(target))
  return { located, reasons: reasons.map((reason, position) => (ongoing.includes(position) ? conflictReason : reason)) }
}

/**
 * Carries out a step of each action. An error of one action, such as a key that does not match its table, is its
 * cancellation reason; values that are invalid for every stored item reject the whole request.
 */
function attempt<From, To>(
  from: readonly From[],
  step: (each: From) => To,
): { results: To[]; reasons: CancellationReason[] } {
  const results: To[] = []
  const reasons = from.map((each): CancellationReason => {
    try {
      results.push(step(each))
      return noReason
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      const { name, message: Message, members } = error
      if (name === 'ConditionalCheckFailedException') return { Code: 'ConditionalCheckFailed', Message, ...members }
      if (name !== 'ValidationException' || rejectsRequest(Message)) throw error
      return { Code: 'ValidationError', Message }
    }
  })
  return { results, reasons }
}

const rejectsRequest = (message: string) =>
  message === itemTooLarge || message.startsWith('One or more parameter values are not valid.')
