import { itemSize, itemsEqual, valuesEqual, type Item } from './attribute-value.ts'
import type { Engine } from './engine.ts'
import type { PlannedWrite } from './item-store.ts'
import { keyAttributes, projectedAttributes, type IndexSchema, type Table } from './schema.ts'

/** The units that one read or write consumed of its table, and of each index. */
export interface Capacity {
  readonly table: Table
  readonly units: number
  readonly indexes: ReadonlyMap<IndexSchema, number>
}

const writeUnitBytes = 1024
const readUnitBytes = 4096

const writeUnits = (bytes: number) => Math.max(1, Math.ceil(bytes / writeUnitBytes))

/** An eventually consistent read consumes half; reading no item consumes as much as the smallest item. */
export const readUnits = (bytes: number, consistent: boolean) =>
  Math.max(1, Math.ceil(bytes / readUnitBytes)) * (consistent ? 1 : 0.5)

export const readCapacity = (table: Table, bytes: number, consistent: boolean): Capacity => ({
  table,
  units: readUnits(bytes, consistent),
  indexes: new Map(),
})

/** A write consumes capacity for the larger of its two images, and in each index for the entries added and removed. */
export const writeCapacity = (write: PlannedWrite): Capacity => ({
  table: write.table,
  units: writeUnits(Math.max(write.beforeSize, write.afterSize)),
  indexes: new Map(
    write.table.indexes.flatMap((index) => {
      const units = indexWriteUnits(write, index)
      return units > 0 ? [[index, units]] : []
    }),
  ),
})

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

interface ConsumedCapacity {
  readonly TableName: string
  readonly CapacityUnits: number
}

/**
 * The `ConsumedCapacity` of each table. Transactions return read or write units as well, other operations only the sum.
 *
 * A transaction's factor applies to the table alone: "DynamoDB performs two underlying reads or writes of every item in the
 * transaction" (DynamoDB Developer Guide, Amazon DynamoDB Transactions: How it works), and the indexes only follow the
 * committed item. Of indexes the guide says nothing; measured on AWS, one small item with one index entry consumes 3 units
 * in a transaction (nubo-db/dynoxide, tests/transactional_index_consumed_capacity.rs). DynamoDB Local 2.6.1 reports 4 and 4.
 */
export function consumedCapacities(
  detail: CapacityDetail,
  capacities: readonly Capacity[],
  transaction: 'Read' | 'Write' | undefined,
): ConsumedCapacity[] {
  const units = (amount: number) => ({
    CapacityUnits: amount,
    ...(transaction && { [`${transaction}CapacityUnits`]: amount }),
  })
  return [...Map.groupBy(capacities, ({ table }) => table.name)].map(([TableName, ofTable]) => {
    const tableUnits = (transaction ? 2 : 1) * sum(ofTable.map((capacity) => capacity.units))
    const byIndex = Map.groupBy(
      ofTable.flatMap(({ indexes }) => [...indexes]),
      ([index]) => index,
    )
    const indexes = [...byIndex].map(([index, amounts]) => ({
      index,
      amount: sum(amounts.map(([, amount]) => amount)),
    }))
    const total = { TableName, ...units(tableUnits + sum(indexes.map(({ amount }) => amount))) }
    if (detail !== 'INDEXES') return total
    const ofKind = (kind: IndexSchema['kind']) => {
      const entries = indexes.filter(({ index }) => index.kind === kind)
      if (entries.length === 0) return undefined
      return Object.fromEntries(entries.map(({ index, amount }) => [index.name, units(amount)]))
    }
    const members = { GlobalSecondaryIndexes: ofKind('global'), LocalSecondaryIndexes: ofKind('local') }
    return { ...total, Table: units(tableUnits), ...members }
  })
}

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0)

const gigabyte = 1024 ** 3

const collectionOf = ({ table, location }: PlannedWrite) =>
  `${table.name} ${Buffer.from(location.partition).toString('hex')}`

/**
 * The `ItemCollectionMetrics` of writes by table, without repeated collections. "If the table does not have any local
 * secondary indexes, this information is not returned in the response" (PutItem, DynamoDB API reference).
 */
export function collectionMetrics(engine: Engine, writes: readonly PlannedWrite[]) {
  const collected = writes.filter(({ table }) => table.indexes.some((index) => index.kind === 'local'))
  if (collected.length === 0) return undefined
  const distinct = [...new Map(collected.map((write) => [collectionOf(write), write])).values()]
  const metricsOf = ({ table, location, key }: PlannedWrite) => {
    const { name } = table.key.partition
    const gigabytes = Math.floor(engine.items.totals(table, location.partition).bytes / gigabyte)
    return { ItemCollectionKey: { [name]: key[name]! }, SizeEstimateRangeGB: [gigabytes, gigabytes + 1] }
  }
  const byTable = Map.groupBy(distinct, ({ table }) => table.name)
  return Object.fromEntries([...byTable].map(([name, ofTable]) => [name, ofTable.map(metricsOf)]))
}
