import { validationError } from '../../wire/aws-error.ts'
import { accessRequest } from '../access.ts'
import { consumedCapacities, consumedCapacity, readUnits, type CapacityDetail } from '../capacity.ts'
import type { Engine } from '../engine.ts'
import { expressionsOf } from '../expressions.ts'
import { locationOfKey } from '../item-key.ts'
import { itemText } from '../item-store.ts'
import type { DynamoOperation } from '../operation.ts'
import { checkItem, parseRequest } from '../request.ts'
import { tableArn, type Table } from '../schema.ts'
import {
  conflictReason,
  noReason,
  reasonOf,
  requireNoReasons,
  transactGetMembers,
  transactionLimitBytes,
  withTableNames,
  type CancellationReason,
} from '../transact-request.ts'
import { readContext, readItem, type ReadTarget } from './get-item.ts'

interface TransactGetRequest {
  readonly targets: readonly ReadTarget[]
  readonly capacityDetail: CapacityDetail
}

export const transactGetItems: DynamoOperation<TransactGetRequest> = {
  name: 'TransactGetItems',
  parse(input) {
    const request = parseRequest(withTableNames(input), transactGetMembers)
    return { targets: request.TransactItems.map(targetOfEntry), capacityDetail: request.ReturnConsumedCapacity }
  },
  access: ({ targets, capacityDetail }, engine) =>
    targets.map((target) =>
      accessRequest('GetItem', tableArn(target.tableName), {
        ...readContext(target, engine),
        returnConsumedCapacity: capacityDetail,
        enclosingOperation: 'TransactGetItems',
      }),
    ),
  run({ targets, capacityDetail }, engine) {
    const tables = targets.map((target) => engine.tables.get(target.tableName))
    requireReadable(engine, targets, tables)
    const reads = targets.map((target, position) => readItem(engine, tables[position]!, target))
    if (reads.reduce((sum, read) => sum + read.size, 0) > transactionLimitBytes) {
      throw validationError('The aggregate size of the items in the transaction exceeded the 4MB limit')
    }
    return {
      Responses: reads.map(({ item }) => (item ? { Item: item } : {})),
      ConsumedCapacity: consumedCapacities(tables, (table) => {
        const ofTable = reads.filter((_read, position) => tables[position] === table)
        const measure = () => ofTable.map(({ size }) => ({ table: readUnits(size, true), indexes: new Map() }))
        return consumedCapacity(capacityDetail, table, measure, { kind: 'read', factor: 2 })
      }),
    }
  },
}

function targetOfEntry({ Get }: { Get: Record<string, any> }): ReadTarget {
  checkItem(Get['Key'])
  return { tableName: Get['TableName'], key: Get['Key'], expressions: expressionsOf(Get, ['ProjectionExpression']) }
}

/**
 * @throws AwsError TransactionCanceledException for keys that do not match the schema and for items with an ongoing write,
 *   ValidationException for duplicate items
 */
function requireReadable(engine: Engine, targets: readonly ReadTarget[], tables: readonly Table[]): void {
  const seen = new Set<string>()
  const reasons = targets.map((target, position): CancellationReason => {
    const table = tables[position]!
    try {
      const item = itemText(table, locationOfKey(table, target.key))
      seen.add(item)
      return engine.writes.hasWrite(item) ? conflictReason : noReason
    } catch (error) {
      return reasonOf(error)
    }
  })
  if (seen.size < targets.length && !reasons.some(({ Code }) => Code === 'ValidationError')) {
    throw validationError('Transaction request cannot include multiple operations on one item')
  }
  requireNoReasons(reasons)
}
