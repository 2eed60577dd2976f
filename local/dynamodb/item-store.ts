import type { State } from '../state/state.ts'
import type { Item } from './attribute-value.ts'
import type { IndexEntry, Location } from './item-key.ts'
import type { IndexSchema, Table } from './schema.ts'

export interface StoredItem extends Location {
  readonly item: Item
  readonly size: number
}

/** A write that is evaluated but not committed. */
export interface PlannedWrite {
  readonly table: Table
  readonly location: Location
  /** The item or key of the request. */
  readonly key: Item
  readonly before?: Item | undefined
  readonly after?: Item | undefined
  /** In bytes; 0 without an item. */
  readonly beforeSize: number
  readonly afterSize: number
  /** True when the item does not change: neither the item nor a stream record is written. */
  readonly unchanged: boolean
  readonly addedEntries: readonly IndexEntry[]
  readonly removedEntries: readonly IndexEntry[]
}

/** A condition on the keys of a table or index. */
export interface KeyRange {
  readonly column: 'partition' | 'sort'
  readonly operator: '=' | '<' | '<=' | '>' | '>='
  readonly value: Uint8Array
}

/** The end of a page: the partition and sort key of a row, and in an index those of its item as well. */
export type Cursor = readonly Uint8Array[]

type Row = Location & { item: string; size: number; item_partition: Uint8Array; item_sort: Uint8Array }

const tableOrder = ['partition', 'sort'] as const
const indexOrder = ['partition', 'sort', 'item_partition', 'item_sort'] as const

/** Items and index entries in SQLite. An index entry refers to its item, so that both are always consistent. */
export class ItemStore {
  readonly #state: State

  constructor(state: State) {
    this.#state = state
    state.define(`
      CREATE TABLE IF NOT EXISTS ddb_items (
        table_id INTEGER NOT NULL,
        partition BLOB NOT NULL,
        sort BLOB NOT NULL,
        item TEXT NOT NULL,
        size INTEGER NOT NULL,
        expires_s REAL,
        PRIMARY KEY (table_id, partition, sort)
      );
      CREATE INDEX IF NOT EXISTS ddb_items_by_expiry ON ddb_items (table_id, expires_s) WHERE expires_s IS NOT NULL;
      CREATE TABLE IF NOT EXISTS ddb_index_entries (
        table_id INTEGER NOT NULL,
        index_name TEXT NOT NULL,
        partition BLOB NOT NULL,
        sort BLOB NOT NULL,
        item_partition BLOB NOT NULL,
        item_sort BLOB NOT NULL,
        PRIMARY KEY (table_id, index_name, partition, sort, item_partition, item_sort)
      ) WITHOUT ROWID`)
  }

  get(table: Table, at: Location): StoredItem | undefined {
    const row = this.#state.get<Row>(
      'SELECT item, size FROM ddb_items WHERE table_id = ? AND partition = ? AND sort = ?',
      table.rowId,
      at.partition,
      at.sort,
    )
    return row && { ...at, item: JSON.parse(row.item) as Item, size: row.size }
  }

  /** All items of a table, to rebuild derived data. */
  all(table: Table): StoredItem[] {
    return this.#items(table, 'TRUE')
  }

  /** At most `limit` items whose time-to-live attribute is in the range, in seconds since the epoch. */
  expired(table: Table, range: { fromSeconds: number; beforeSeconds: number }, limit: number): StoredItem[] {
    const condition = 'expires_s >= ? AND expires_s < ? ORDER BY expires_s LIMIT ?'
    return this.#items(table, condition, range.fromSeconds, range.beforeSeconds, limit)
  }

  #items(table: Table, condition: string, ...values: (number | Uint8Array)[]): StoredItem[] {
    const sql = `SELECT partition, sort, item, size FROM ddb_items WHERE table_id = ? AND ${condition}`
    return this.#state
      .all<Row>(sql, table.rowId, ...values)
      .map(({ partition, sort, item, size }) => ({ partition, sort, item: JSON.parse(item) as Item, size }))
  }

  /** The rows of a range in order, read in chunks, since a page may end long before its range. */
  *rows(
    table: Table,
    index: IndexSchema | undefined,
    ranges: readonly KeyRange[],
    { after, forward, chunkRows }: { after?: Cursor | undefined; forward: boolean; chunkRows: number },
  ): Iterable<Pick<StoredItem, 'item' | 'size'>> {
    const order = index ? indexOrder : tableOrder
    const columns = order.map((column) => `e.${column}`)
    const conditions = ranges.map(({ column, operator }) => `AND e.${column} ${operator} ?`)
    const next = `AND (${columns.join(', ')}) ${forward ? '>' : '<'} (${order.map(() => '?').join(', ')})`
    const direction = forward ? 'ASC' : 'DESC'
    const values = [table.rowId, ...(index ? [index.name] : []), ...ranges.map(({ value }) => value)]
    for (let cursor = after; ;) {
      const sql = `${index ? selectIndex : selectTable} ${conditions.join(' ')} ${cursor ? next : ''}
        ORDER BY ${columns.map((column) => `${column} ${direction}`).join(', ')} LIMIT ?`
      const rows = this.#state.all<Row>(sql, ...values, ...(cursor ?? []), chunkRows)
      for (const { item, size } of rows) yield { item: JSON.parse(item) as Item, size }
      if (rows.length < chunkRows) return
      cursor = order.map((column) => rows.at(-1)![column])
    }
  }

  /** Writes an item and its index entries. */
  apply(write: Omit<PlannedWrite, 'before' | 'beforeSize'>): void {
    const { table, location, after, afterSize, addedEntries, removedEntries } = write
    if (after) this.put(table, { ...location, item: after, size: afterSize })
    else {
      const sql = 'DELETE FROM ddb_items WHERE table_id = ? AND partition = ? AND sort = ?'
      this.#state.run(sql, table.rowId, location.partition, location.sort)
    }
    for (const entry of removedEntries) {
      this.#state.run(
        `DELETE FROM ddb_index_entries WHERE table_id = ? AND index_name = ? AND partition = ? AND sort = ?
         AND item_partition = ? AND item_sort = ?`,
        ...entryRow(table, entry, location),
      )
    }
    for (const entry of addedEntries) this.addIndexEntry(table, entry, location)
  }

  /** Restores what `apply` has replaced. */
  undo({ before, beforeSize, addedEntries, removedEntries, ...write }: PlannedWrite): void {
    const restored = {
      after: before,
      afterSize: beforeSize,
      addedEntries: removedEntries,
      removedEntries: addedEntries,
    }
    this.apply({ ...write, ...restored })
  }

  put(table: Table, stored: StoredItem): void {
    this.#state.run(
      `INSERT INTO ddb_items (table_id, partition, sort, item, size, expires_s) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET item = excluded.item, size = excluded.size, expires_s = excluded.expires_s`,
      table.rowId,
      stored.partition,
      stored.sort,
      JSON.stringify(stored.item),
      stored.size,
      expiryOf(table, stored.item),
    )
  }

  addIndexEntry(table: Table, entry: IndexEntry, item: Location): void {
    this.#state.run(
      'INSERT OR IGNORE INTO ddb_index_entries VALUES (?, ?, ?, ?, ?, ?)',
      ...entryRow(table, entry, item),
    )
  }

  clearIndex(table: Table, indexName: string): void {
    this.#state.run('DELETE FROM ddb_index_entries WHERE table_id = ? AND index_name = ?', table.rowId, indexName)
  }

  clear(table: Table): void {
    this.#state.run('DELETE FROM ddb_items WHERE table_id = ?', table.rowId)
    this.#state.run('DELETE FROM ddb_index_entries WHERE table_id = ?', table.rowId)
  }

  /** Number of items and bytes of a table, or of the items with one partition key. */
  totals(table: Table, partition?: Uint8Array): { items: number; bytes: number } {
    return this.#state.get<{ items: number; bytes: number }>(
      `SELECT COUNT(*) AS items, COALESCE(SUM(size), 0) AS bytes FROM ddb_items
       WHERE table_id = ? ${partition ? 'AND partition = ?' : ''}`,
      table.rowId,
      ...(partition ? [partition] : []),
    )!
  }
}

const entryRow = (table: Table, { index, partition, sort }: IndexEntry, item: Location) =>
  [table.rowId, index.name, partition, sort, item.partition, item.sort] as const

const selectTable = 'SELECT e.partition, e.sort, e.item, e.size FROM ddb_items e WHERE e.table_id = ?'
const selectIndex = `SELECT e.partition, e.sort, e.item_partition, e.item_sort, i.item, i.size
  FROM ddb_index_entries e
  JOIN ddb_items i ON i.table_id = e.table_id AND i.partition = e.item_partition AND i.sort = e.item_sort
  WHERE e.table_id = ? AND e.index_name = ?`

/** DynamoDB ignores time-to-live attributes of other types than number. */
function expiryOf(table: Table, item: Item): number | null {
  const value = table.timeToLiveAttribute === undefined ? undefined : item[table.timeToLiveAttribute]?.N
  return value === undefined ? null : Number(value)
}
