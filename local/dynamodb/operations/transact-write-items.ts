import { AwsError, validationError } from '../../wire/aws-error.ts'
import { accessRequest } from '../access.ts'
import { consumedCapacities, consumedCapacity, readUnits, writeCapacity, type CapacityDetail } from '../capacity.ts'
import { collectionMetricsByTable, type CollectionMetricsDetail } from '../collection-metrics.ts'
import type { Engine } from '../engine.ts'
import { itemText, type Location, type PlannedWrite } from '../item-store.ts'
import type { DynamoOperation } from '../operation.ts'
import { parseRequest } from '../request.ts'
import { tableArn, type Table } from '../schema.ts'
import {
  actionOf,
  conflictReason,
  noReason,
  reasonOf,
  requireNoReasons,
  transactionLimitBytes,
  transactWriteMembers,
  withTableNames,
  type CancellationReason,
} from '../transact-request.ts'
import { requestHash } from '../transaction-tokens.ts'
import { commitWrite, planWrite, targetOf, type WriteAction } from '../writes.ts'
import { actionContext, actionNames } from './write-item.ts'

interface TransactWriteRequest {
  readonly actions: readonly WriteAction[]
  readonly token?: string
  /** Must be equal in a retry with the same token. */
  readonly content: unknown
  readonly capacityDetail: CapacityDetail
  readonly metricsDetail: CollectionMetricsDetail
}

export const transactWriteItems: DynamoOperation<TransactWriteRequest> = {
  name: 'TransactWriteItems',
  parse(input) {
    const request = parseRequest(withTableNames(input), transactWriteMembers)
    return {
      content: request.TransactItems,
      actions: request.TransactItems.map(actionOf),
      token: request.ClientRequestToken,
      capacityDetail: request.ReturnConsumedCapacity,
      metricsDetail: request.ReturnItemCollectionMetrics,
    }
  },
  access: ({ actions, capacityDetail }, engine) =>
    actions.map((action) =>
      accessRequest(actionNames[action.kind], tableArn(action.tableName), {
        ...actionContext(action, engine),
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
            ConsumedCapacity: capacityByTable(request.capacityDetail, writes),
            ItemCollectionMetrics: collectionMetricsByTable(engine, request.metricsDetail, writes),
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
  let bytes = 0
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
      bytes += plan.write.afterSize || plan.write.beforeSize
      writes.push(plan.write)
      return noReason
    } catch (error) {
      return reasonOf(error)
    }
  })
  requireNoReasons(reasons)
  if (bytes > transactionLimitBytes) {
    throw validationError('The aggregate size of the items in the transaction exceeded the 4MB limit')
  }
  return writes
}

/** A transaction prepares and then commits, and consumes twice the capacity of the table. */
const transactionFactor = 2

function capacityByTable(detail: CapacityDetail, writes: readonly PlannedWrite[]) {
  const tables = writes.map((write) => write.table)
  return consumedCapacities(tables, (table) => {
    const ofTable = writes.filter((write) => write.table === table)
    const measure = () => ofTable.map(writeCapacity)
    return consumedCapacity(detail, table, measure, { kind: 'write', factor: transactionFactor })
  })
}

/** A retry writes nothing; AWS counts it as reads of the items. */
function retryCapacity({ actions, capacityDetail }: TransactWriteRequest, tables: readonly Table[], engine: Engine) {
  return consumedCapacities(tables, (table) => {
    const ofTable = actions.filter((_action, position) => tables[position] === table)
    const sizeOf = (action: WriteAction) => engine.items.get(table, targetOf(table, action))?.size ?? 0
    const measure = () => ofTable.map((action) => ({ table: readUnits(sizeOf(action), true), indexes: new Map() }))
    return consumedCapacity(capacityDetail, table, measure, { kind: 'read', factor: transactionFactor })
  })
}
