import type { Operation } from '../wire/service.ts'

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
  operations: Readonly<Record<string, Operation>>,
  report: (spent: SpentCapacity) => void,
): Record<string, Operation> =>
  Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      reads.has(name) || writes.has(name) ? reporting(name, operation, report) : operation,
    ]),
  )

function reporting(name: string, operation: Operation, report: (spent: SpentCapacity) => void): Operation {
  return {
    ...operation,
    async handle(input, call) {
      const requested = input.ReturnConsumedCapacity ?? 'NONE'
      const output: any = await operation.handle(
        requested === 'NONE' ? { ...input, ReturnConsumedCapacity: 'TOTAL' } : input,
        call,
      )
      const { ConsumedCapacity, ...rest } = output ?? {}
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
