import { itemsEqual, valuesEqual, type Item, itemSize } from './attribute-value.ts'
import { keyAttributes, projectedAttributes, type IndexSchema, type Table } from './schema.ts'
import type { DynamoOperation } from './operation.ts'
import type { PlannedWrite } from './item-store.ts'

/** Consumed capacity units of the table and of its indexes. */
export interface Capacity {
  readonly table: number
  readonly indexes: number
}

const writeUnitBytes = 1024
const readUnitBytes = 4096

export const writeUnits = (bytes: number) => Math.max(1, Math.ceil(bytes / writeUnitBytes))

/** An eventually consistent read consumes half; reading no item consumes as much as the smallest item. */
export const readUnits = (bytes: number, consistent: boolean) =>
  Math.max(1, Math.ceil(bytes / readUnitBytes)) * (consistent ? 1 : 0.5)

/** The capacity of reading one item. */
export const readCapacity = (bytes: number, consistent: boolean): Capacity => ({
  table: readUnits(bytes, consistent),
  indexes: 0,
})

/** A write consumes capacity for the larger of its two images, and in each index for the entries added and removed. */
export function writeCapacity(write: PlannedWrite): Capacity {
  const indexes = write.table.indexes.reduce((sum, index) => sum + indexWriteUnits(write, index), 0)
  return { table: writeUnits(Math.max(write.beforeSize, write.afterSize)), indexes }
}

function indexWriteUnits({ table, before, after }: PlannedWrite, index: IndexSchema): number {
  const old = before && projectTo(table, index, before)
  const next = after && projectTo(table, index, after)
  if (!old || !next) return old || next ? writeUnits(itemSize((old ?? next)!)) : 0
  if (itemsEqual(old, next)) return 0
  const sameKey = keyAttributes(index.key).every(({ name }) => valuesEqual(old[name], next[name]))
  if (sameKey) return writeUnits(Math.max(itemSize(old), itemSize(next)))
  return writeUnits(itemSize(old)) + writeUnits(itemSize(next))
}

/** The attributes of an item that an index projects, or undefined when the index does not contain the item. */
export function projectTo(table: Table, index: IndexSchema, item: Item): Item | undefined {
  if (keyAttributes(index.key).some(({ name }) => item[name] === undefined)) return undefined
  const names = projectedAttributes(table, index)
  if (names === undefined) return item
  return Object.fromEntries(names.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])))
}

export type CapacityDetail = 'NONE' | 'TOTAL' | undefined

/**
 * The `ConsumedCapacity` member of a response, or undefined when it was not requested.
 *
 * A transaction's factor applies to the table alone: "DynamoDB performs two underlying reads or writes of every item in the
 * transaction" (DynamoDB Developer Guide, Amazon DynamoDB Transactions: How it works), and the indexes only follow the
 * committed item. Of indexes the guide says nothing; measured on AWS, one small item with one index entry consumes 3 units
 * in a transaction (nubo-db/dynoxide, tests/transactional_index_consumed_capacity.rs). DynamoDB Local 2.6.1 reports 4 and 4.
 */
export function consumedCapacity(
  detail: CapacityDetail,
  table: Table,
  measure: () => readonly Capacity[],
  factor = 1,
): ConsumedCapacity | undefined {
  if (detail === undefined || detail === 'NONE') return undefined
  const units = measure().reduce((sum, capacity) => sum + factor * capacity.table + capacity.indexes, 0)
  return { TableName: table.name, CapacityUnits: units }
}

interface ConsumedCapacity {
  readonly TableName: string
  readonly CapacityUnits: number
}

/**
 * The `ConsumedCapacity` of an operation on several tables: one entry per table.
 * @param tables the table of each of its parts; `measure` gets the position of a part
 */
export function consumedCapacities(
  detail: CapacityDetail,
  tables: readonly Table[],
  measure: (position: number) => Capacity,
  factor = 1,
): ConsumedCapacity[] | undefined {
  const positions = Map.groupBy(tables.keys(), (position) => tables[position]!)
  const list = [...positions].flatMap(
    ([table, ofTable]) => consumedCapacity(detail, table, () => ofTable.map(measure), factor) ?? [],
  )
  return list.length > 0 ? list : undefined
}

/** The capacity that one operation consumed on one table, its indexes included. */
export interface SpentCapacity {
  readonly operation: string
  readonly tableName: string
  readonly readUnits: number
  readonly writeUnits: number
}

const reads = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems'])

/**
 * The same operations on items, which report the capacity that each successful call consumed. Every call requests its
 * consumed capacity; it is removed from the response when the caller did not request it.
 */
export const reportingCapacity = (
  operations: readonly DynamoOperation[],
  report: (spent: SpentCapacity) => void,
): DynamoOperation[] => operations.map((operation) => reporting(operation, report))

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
          writeUnits: reads.has(name) ? 0 : CapacityUnits,
        })
      }
      return requested === 'NONE' ? rest : output
    },
  }
}
