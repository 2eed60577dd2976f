import type { Engine } from './engine.ts'
import type { Table } from './schema.ts'
import type { PlannedWrite } from './item-store.ts'

export type CollectionMetricsDetail = 'SIZE' | 'NONE' | undefined

const gigabyte = 1024 ** 3

/**
 * The `ItemCollectionMetrics` of a write that requested them. "If the table does not have any local secondary indexes, this
 * information is not returned in the response" (PutItem, DynamoDB API reference).
 */
export function collectionMetrics(engine: Engine, detail: CollectionMetricsDetail, { table, ...write }: PlannedWrite) {
  if (detail !== 'SIZE' || !hasCollections(table)) return undefined
  const { name } = table.key.partition
  const gigabytes = Math.floor(engine.items.partitionBytes(table, write.location) / gigabyte)
  return {
    ItemCollectionKey: { [name]: (write.after ?? write.before ?? write.key)[name]! },
    SizeEstimateRangeGB: [gigabytes, gigabytes + 1],
  }
}

const hasCollections = (table: Table) => table.indexes.some((index) => index.kind === 'local')

/** The metrics of several writes, by table and without repeated collections. */
export function collectionMetricsByTable(
  engine: Engine,
  detail: CollectionMetricsDetail,
  writes: readonly PlannedWrite[],
) {
  if (detail !== 'SIZE') return undefined
  const byTable = Map.groupBy(
    writes.filter(({ table }) => hasCollections(table)),
    ({ table }) => table.name,
  )
  if (byTable.size === 0) return undefined
  return Object.fromEntries(
    [...byTable].map(([name, ofTable]) => [
      name,
      distinct(ofTable).map((write) => collectionMetrics(engine, detail, write)),
    ]),
  )
}

const distinct = (writes: readonly PlannedWrite[]) => [
  ...new Map(writes.map((write) => [Buffer.from(write.location.partition).toString('hex'), write])).values(),
]
