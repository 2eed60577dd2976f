import type { DynamoOperation } from './operation.ts'

/** The capacity that one operation consumed on one table, its indexes included. */
export interface SpentCapacity {
  readonly operation: string
  readonly tableName: string
  readonly readUnits: number
  readonly writeUnits: number
}

const reads = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems'])
const writes = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems'])

/**
 * The same operations, which report the capacity that each successful call consumed. Every call requests its consumed
 * capacity; it is removed from the response when the caller did not request it.
 */
export const reportingCapacity = (
  operations: readonly DynamoOperation[],
  report: (spent: SpentCapacity) => void,
): DynamoOperation[] =>
  operations.map((operation) =>
    reads.has(operation.name) || writes.has(operation.name) ? reporting(operation, report) : operation,
  )

function reporting(operation: DynamoOperation, report: (spent: SpentCapacity) => void): DynamoOperation {
  const { name } = operation
  return {
    ...operation,
    async run(request, engine) {
      const requested = request.capacityDetail ?? 'NONE'
      const output: any = await operation.run(
        requested === 'NONE' ? { ...request, capacityDetail: 'TOTAL' } : request,
        engine,
      )
      const { ConsumedCapacity, ...rest } = output
      for (const { TableName, CapacityUnits } of [ConsumedCapacity ?? []].flat()) {
        report({
          operation: name,
          tableName: TableName,
          readUnits: reads.has(name) ? CapacityUnits : 0,
          writeUnits: writes.has(name) ? CapacityUnits : 0,
        })
      }
      return requested === 'NONE' ? rest : output
    },
  }
}
