import { itemsEqual, valuesEqual, type Item } from './attribute-value.ts'
import { itemSize } from './item-size.ts'
import { keyAttributes, projectedAttributes, type IndexSchema, type Table } from './schema.ts'
import type { PlannedWrite } from './item-store.ts'

/** Consumed capacity units of the table and of each index. */
export interface Capacity {
  readonly table: number
  readonly indexes: ReadonlyMap<IndexSchema, number>
}

const writeUnitBytes = 1024
const readUnitBytes = 4096

export const writeUnits = (bytes: number) => Math.max(1, Math.ceil(bytes / writeUnitBytes))

/** An eventually consistent read consumes half; reading no item consumes as much as the smallest item. */
export const readUnits = (bytes: number, consistent: boolean) =>
  Math.max(1, Math.ceil(bytes / readUnitBytes)) * (consistent ? 1 : 0.5)

/** A write consumes capacity for the larger of its two images, and in each index for the entries added and removed. */
export function writeCapacity(write: PlannedWrite): Capacity {
  const indexes = new Map<IndexSchema, number>()
  for (const index of write.table.indexes) {
    const units = indexWriteUnits(write, index)
    if (units > 0) indexes.set(index, units)
  }
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

export type CapacityDetail = 'NONE' | 'TOTAL' | 'INDEXES' | undefined

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
  options: { kind?: 'read' | 'write'; factor?: number } = {},
): Record<string, unknown> | undefined {
  if (detail === undefined || detail === 'NONE') return undefined
  const capacities = measure()
  const units = (amount: number) => unitsMember(amount, options.kind)
  const tableUnits = (options.factor ?? 1) * capacities.reduce((sum, capacity) => sum + capacity.table, 0)
  const byIndex = sumByIndex(capacities)
  const indexUnits = [...byIndex.values()].reduce((sum, amount) => sum + amount, 0)
  const total = { TableName: table.name, ...units(tableUnits + indexUnits) }
  if (detail === 'TOTAL') return total
  const indexesOf = (kind: IndexSchema['kind']) => {
    const entries = [...byIndex].filter(([index]) => index.kind === kind)
    return entries.length > 0
      ? Object.fromEntries(entries.map(([index, amount]) => [index.name, units(amount)]))
      : undefined
  }
  return {
    ...total,
    Table: units(tableUnits),
    GlobalSecondaryIndexes: indexesOf('global'),
    LocalSecondaryIndexes: indexesOf('local'),
  }
}

/** The `ConsumedCapacity` of an operation on several tables: one entry per table. */
export const consumedCapacities = (
  tables: readonly Table[],
  ofTable: (table: Table) => Record<string, unknown> | undefined,
): Record<string, unknown>[] | undefined => {
  const list = [...new Set(tables)].map(ofTable).filter((entry) => entry !== undefined)
  return list.length > 0 ? list : undefined
}

/** Transactions return read or write units as well, other operations only the sum. */
function unitsMember(amount: number, kind: 'read' | 'write' | undefined): Record<string, number> {
  if (kind === undefined) return { CapacityUnits: amount }
  return { CapacityUnits: amount, [kind === 'read' ? 'ReadCapacityUnits' : 'WriteCapacityUnits']: amount }
}

function sumByIndex(capacities: readonly Capacity[]): Map<IndexSchema, number> {
  const sums = new Map<IndexSchema, number>()
  for (const capacity of capacities) {
    for (const [index, amount] of capacity.indexes) sums.set(index, (sums.get(index) ?? 0) + amount)
  }
  return sums
}
