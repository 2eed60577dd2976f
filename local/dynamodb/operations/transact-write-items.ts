import { AwsError, validationError } from '../../wire/aws-error.ts'
import { accessRequest, type DynamoOperation } from '../operation.ts'
import { consumedCapacities, readCapacity, writeCapacity, type CapacityDetail } from '../capacity.ts'
import type { Engine } from '../engine.ts'
import { itemText, type Location, type PlannedWrite } from '../item-store.ts'
import { capacityMember, parseRequest, textMember, type Members } from '../request.ts'
import { tableArn, type Table } from '../schema.ts'
import {
  conflictReason,
  noReason,
  reasonOf,
  requireNoReasons,
  requireTransactionSize,
  transactItemsMember,
  type CancellationReason,
  requestHash,
} from '../transaction.ts'
import { commitWrite, planWrite, targetOf, type WriteAction } from '../writes.ts'
import { actionMembers, actionNames, actionOf, writeContext } from './write-items.ts'

interface TransactWriteRequest {
  readonly actions: readonly WriteAction[]
  readonly token?: string
  /** Must be equal in a retry with the same token. */
  readonly content: unknown
  readonly capacityDetail: CapacityDetail
}

const requiredText = { ...textMember, required: true }
const structure = (members: Members) => ({ type: 'Structure', members }) as const

const members: Members = {
  ...capacityMember,
  ClientRequestToken: { type: 'String', min: 1, max: 36 },
  ...transactItemsMember({
    ConditionCheck: structure({ ...actionMembers.delete, ConditionExpression: requiredText }),
    Put: structure(actionMembers.put),
    Delete: structure(actionMembers.delete),
    Update: structure({ ...actionMembers.update, UpdateExpression: requiredText }),
  }),
}

const kinds = { Put: 'put', Update: 'update', Delete: 'delete', ConditionCheck: 'check' } as const

export const transactWriteItems: DynamoOperation<TransactWriteRequest> = {
  name: 'TransactWriteItems',
  parse(input) {
    const request = parseRequest(input, members)
    return {
      content: request.TransactItems,
      actions: request.TransactItems.map((entry: object) => {
        const [action, ...others] = Object.entries(entry)
        if (action === undefined || others.length > 0) {
          throw validationError('TransactItems can only contain one of Check, Put, Update or Delete')
        }
        return actionOf(kinds[action[0] as keyof typeof kinds], action[1])
      }),
      token: request.ClientRequestToken,
      capacityDetail: request.ReturnConsumedCapacity,
    }
  },
  access: ({ actions, capacityDetail }, engine) =>
    actions.map((action) =>
      accessRequest(actionNames[action.kind], tableArn(action.tableName), {
        ...writeContext([action], engine),
        returnConsumedCapacity: capacityDetail,
        enclosingOperation: 'TransactWriteItems',
      }),
    ),
  run(request, engine) {
    const { actions, token } = request
    const tables = actions.map((action) => engine.tables.get(action.tableName))
    const targets = actions.map((action, position) => locate(tables[position]!, action))
    requireDistinct(targets)
    const hash = token === undefined ? '' : requestHash(request.content)
    if (token !== undefined) {
      if (engine.tokens.seen(token, hash)) return { ConsumedCapacity: retryCapacity(request, tables, engine) }
      if (engine.writes.hasToken(token)) {
        throw new AwsError(
          'TransactionInProgressException',
          'The transaction with the given request token is already in progress',
        )
      }
    }
    requireNoReasons(
      targets.map((target) => {
        if ('reason' in target) return target.reason
        return engine.writes.hasTransaction(target.item) ? conflictReason : noReason
      }),
    )
    const located = targets.filter((target) => 'location' in target)
    return engine.writes.transaction(
      located.map(({ item }) => item),
      token,
      () => {
        const writes = planAll(
          engine,
          actions.map((action, position) => ({ action, location: located[position]!.location })),
        )
        return () => {
          for (const write of writes) commitWrite(engine, write)
          if (token !== undefined) engine.tokens.add(token, hash)
          return {
            ConsumedCapacity: consumedCapacities(
              request.capacityDetail,
              tables,
              (position) => writeCapacity(writes[position]!),
              2,
            ),
          }
        }
      },
    )
  },
}

/** The item of an action, or the reason for which its key does not match the table. */
type Target = { readonly location: Location; readonly item: string } | { readonly reason: CancellationReason }

function locate(table: Table, action: WriteAction): Target {
  try {
    const location = targetOf(table, action)
    return { location, item: itemText(table, location) }
  } catch (error) {
    return { reason: reasonOf(error) }
  }
}

/** Two actions on one item would depend on their order, which a transaction does not have. */
function requireDistinct(targets: readonly Target[]): void {
  const items = targets.flatMap((target) => ('item' in target ? target.item : []))
  if (new Set(items).size < items.length) {
    throw validationError('Transaction request cannot include multiple operations on one item')
  }
}

/** Evaluates every action before the first write. @throws AwsError TransactionCanceledException with a reason for each action */
function planAll(engine: Engine, actions: readonly { action: WriteAction; location: Location }[]): PlannedWrite[] {
  const writes: PlannedWrite[] = []
  const reasons = actions.map(({ action, location }): CancellationReason => {
    try {
      const plan = planWrite(engine, engine.tables.get(action.tableName), action, location)
      if (plan.outcome === 'condition-failed') {
        const item = action.returnOldOnFailure ? plan.before : undefined
        return {
          Code: 'ConditionalCheckFailed',
          Message: 'The conditional request failed',
          ...(item && { Item: item }),
        }
      }
      writes.push(plan.write)
      return noReason
    } catch (error) {
      return reasonOf(error)
    }
  })
  requireNoReasons(reasons)
  requireTransactionSize(writes.reduce((sum, write) => sum + (write.afterSize || write.beforeSize), 0))
  return writes
}

/** A retry writes nothing; AWS counts it as reads of the items. */
const retryCapacity = ({ actions, capacityDetail }: TransactWriteRequest, tables: readonly Table[], engine: Engine) =>
  consumedCapacities(
    capacityDetail,
    tables,
    (at) => readCapacity(engine.items.get(tables[at]!, targetOf(tables[at]!, actions[at]!))?.size ?? 0, true),
    2,
  )
