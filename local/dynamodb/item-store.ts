import type { State } from '../state/state.ts'
import type { Item } from './attribute-value.ts'
import type { IndexSchema, Table } from './schema.ts'

/** The location of an item, encoded by key-encoding.ts; without a sort key `sort` is empty. */
export interface Location {
  readonly partition: Uint8Array
  readonly sort: Uint8Array
}

export interface StoredItem extends Location {
  readonly item: Item
  readonly size: number
}

/** The location of an item in an index. */
export interface IndexEntry extends Location {
  readonly index: IndexSchema
}

interface ItemRow extends Location {
  item: string
  size: number
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
    const row = this.#state.get<ItemRow>(
      'SELECT partition, sort, item, size FROM ddb_items WHERE table_id = ? AND partition = ? AND sort = ?',
      table.rowId,
      at.partition,
      at.sort,
    )
    return row && storedItem(row)
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

  delete(table: Table, at: Location): void {
    this.#state.run(
      'DELETE FROM ddb_items WHERE table_id = ? AND partition = ? AND sort = ?',
      table.rowId,
      at.partition,
      at.sort,
    )
  }

  addIndexEntry(table: Table, entry: IndexEntry, item: Location): void {
    this.#state.run(
      'INSERT OR IGNORE INTO ddb_index_entries VALUES (?, ?, ?, ?, ?, ?)',
      table.rowId,
      entry.index.name,
      entry.partition,
      entry.sort,
      item.partition,
      item.sort,
    )
  }

  deleteIndexEntry(table: Table, entry: IndexEntry, item: Location): void {
    this.#state.run(
      `DELETE FROM ddb_index_entries WHERE table_id = ? AND index_name = ? AND partition = ? AND sort = ?
       AND item_partition = ? AND item_sort = ?`,
      table.rowId,
      entry.index.name,
      entry.partition,
      entry.sort,
      item.partition,
      item.sort,
    )
  }

  clearIndex(table: Table, indexName: string): void {
    this.#state.run('DELETE FROM ddb_index_entries WHERE table_id = ? AND index_name = ?', table.rowId, indexName)
  }

  clear(table: Table): void {
    this.#state.run('DELETE FROM ddb_items WHERE table_id = ?', table.rowId)
    this.#state.run('DELETE FROM ddb_index_entries WHERE table_id = ?', table.rowId)
  }

  /** All items of a table, to rebuild derived data. */
  all(table: Table): StoredItem[] {
    return this.#state
      .all<ItemRow>('SELECT partition, sort, item, size FROM ddb_items WHERE table_id = ?', table.rowId)
      .map(storedItem)
  }

  /** Updates the expiry of each item, after the time-to-live attribute of the table has changed. */
  refreshExpiry(table: Table): void {
    for (const stored of this.all(table)) this.put(table, stored)
  }

  /** At most `limit` items whose time-to-live attribute is in the range, in seconds since the epoch. */
  expired(table: Table, range: { fromSeconds: number; beforeSeconds: number }, limit: number): StoredItem[] {
    return this.#state
      .all<ItemRow>(
        `SELECT partition, sort, item, size FROM ddb_items
         WHERE table_id = ? AND expires_s >= ? AND expires_s < ? ORDER BY expires_s LIMIT ?`,
        table.rowId,
        range.fromSeconds,
        range.beforeSeconds,
        limit,
      )
      .map(storedItem)
  }

  /** Bytes of the items with one partition key. */
  partitionBytes(table: Table, { partition }: Pick<Location, 'partition'>): number {
    return this.#state.get<{ bytes: number }>(
      'SELECT COALESCE(SUM(size), 0) AS bytes FROM ddb_items WHERE table_id = ? AND partition = ?',
      table.rowId,
      partition,
    )!.bytes
  }

  /** Number of items and bytes of a table, for DescribeTable. */
  totals(table: Table): { items: number; bytes: number } {
    return this.#state.get<{ items: number; bytes: number }>(
      'SELECT COUNT(*) AS items, COALESCE(SUM(size), 0) AS bytes FROM ddb_items WHERE table_id = ?',
      table.rowId,
    )!
  }
}

/** An item of a table as text, to compare the targets of two requests. */
export const itemText = (table: Table, { partition, sort }: Location) =>
  `${table.rowId} ${partition.length} ${latin1(partition)}${latin1(sort)}`

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')

export const storedItem = (row: ItemRow): StoredItem => ({
  partition: row.partition,
  sort: row.sort,
  item: JSON.parse(row.item) as Item,
  size: row.size,
})

/** DynamoDB ignores time-to-live attributes of other types than number. */
function expiryOf(table: Table, item: Item): number | null {
  const value = table.timeToLiveAttribute === undefined ? undefined : item[table.timeToLiveAttribute]?.N
  return value === undefined ? null : Number(value)
}
