import { validationError } from '../../wire/aws-error.ts'
import { accessRequest } from '../access.ts'
import {
  consumedCapacities,
  consumedCapacity,
  readUnits,
  writeCapacity,
  type Capacity,
  type CapacityDetail,
} from '../capacity.ts'
import { collectionMetricsByTable, type CollectionMetricsDetail } from '../collection-metrics.ts'
import type { Engine } from '../engine.ts'
import { itemSize } from '../item-size.ts'
import { locationText } from '../item-store.ts'
import type { DynamoOperation } from '../operation.ts'
import { parseRequest } from '../request.ts'
import { tableArn, type Table } from '../schema.ts'
import {
  actionOf,
  noReason,
  reasonOf,
  transactionCanceled,
  transactionLimitBytes,
  transactWriteMembers,
  withTableNames,
  type CancellationReason,
} from '../transact-request.ts'
import { commitWrite, planWrite, targetOf, type PlannedWrite, type WriteAction } from '../writes.ts'
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
    const tables = request.actions.map((action) => engine.tables.get(action.tableName))
    requireDistinctTargets(request.actions, tables)
    return engine.state.transaction(() => {
      // A cancelled transaction rolls back its token, too: only a successful one is idempotent.
      if (request.token !== undefined && engine.tokens.seen(request.token, request.content)) {
        return { ConsumedCapacity: retryCapacity(request, tables, engine) }
      }
      const writes = planAll(engine, request.actions, tables)
      for (const write of writes) commitWrite(engine, write)
      return {
        ConsumedCapacity: capacityByTable(request.capacityDetail, writes),
        ItemCollectionMetrics: collectionMetricsByTable(engine, request.metricsDetail, writes),
      }
    })
  },
}

/** Two actions on one item would depend on their order, which a transaction does not have. */
function requireDistinctTargets(actions: readonly WriteAction[], tables: readonly Table[]): void {
  const seen = new Set<string>()
  for (const [position, action] of actions.entries()) {
    const target = targetText(tables[position]!, action)
    if (target === undefined) continue
    if (seen.has(target)) throw validationError('Transaction request cannot include multiple operations on one item')
    seen.add(target)
  }
}

/** Undefined when the key does not match the table; planning the write returns the reason. */
function targetText(table: Table, action: WriteAction): string | undefined {
  try {
    return `${table.name} ${locationText(targetOf(table, action))}`
  } catch (error) {
    reasonOf(error)
    return undefined
  }
}

/** Evaluates every action before the first write. @throws AwsError TransactionCanceledException with a reason for each action */
function planAll(engine: Engine, actions: readonly WriteAction[], tables: readonly Table[]): PlannedWrite[] {
  const writes: PlannedWrite[] = []
  let bytes = 0
  const reasons = actions.map((action, position): CancellationReason => {
    try {
      const plan = planWrite(engine, tables[position]!, action)
      if (plan.outcome === 'condition-failed') {
        const item = action.returnOldOnFailure ? plan.before : undefined
        return {
          Code: 'ConditionalCheckFailed',
          Message: 'The conditional request failed',
          ...(item && { Item: item }),
        }
      }
      bytes += itemSize(plan.write.after ?? plan.write.before ?? {})
      writes.push(plan.write)
      return noReason
    } catch (error) {
      return reasonOf(error)
    }
  })
  if (reasons.some((reason) => reason.Code !== 'None')) throw transactionCanceled(reasons)
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
    const measure = () => ofTable.map(({ before, after }): Capacity => writeCapacity(table, before, after))
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
