import type { State } from '../state/state.ts'
import { storedItem, type Location, type StoredItem } from './item-store.ts'
import type { IndexSchema, Table } from './schema.ts'

interface Bound {
  readonly at: Uint8Array
  readonly inclusive: boolean
}

/** A range of a table or index. */
export interface Range {
  /** One partition (a query), or all between two hashes (a scan). */
  readonly partition?: Uint8Array
  readonly partitionsFrom?: Bound
  readonly partitionsTo?: Bound
  readonly sortFrom?: Bound
  readonly sortTo?: Bound
}

/** The end of a page: a row of the table, or of an index together with its item. */
export interface Cursor extends Location {
  readonly item?: Location
}

export interface RangeRow extends StoredItem {
  readonly cursor: Cursor
}

/** The rows of a range in order, read in chunks, since a page may end long before its range. */
export class RangeStore {
  readonly #state: State

  constructor(state: State) {
    this.#state = state
  }

  *rows(
    table: Table,
    index: IndexSchema | undefined,
    range: Range,
    options: { after?: Cursor; forward: boolean; chunkRows: number },
  ): Iterable<RangeRow> {
    let after = options.after
    for (;;) {
      const rows = this.#chunk(table, index, range, { ...options, after })
      yield* rows
      if (rows.length < options.chunkRows) return
      after = rows.at(-1)!.cursor
    }
  }

  #chunk(
    table: Table,
    index: IndexSchema | undefined,
    range: Range,
    { after, forward, chunkRows }: { after?: Cursor; forward: boolean; chunkRows: number },
  ): RangeRow[] {
    const order = index ? indexOrder : tableOrder
    const { conditions, values } = where(range)
    if (after) {
      conditions.push(`(${order.join(', ')}) ${forward ? '>' : '<'} (${order.map(() => '?').join(', ')})`)
      values.push(after.partition, after.sort, ...(after.item ? [after.item.partition, after.item.sort] : []))
    }
    const direction = forward ? 'ASC' : 'DESC'
    const sql = `${index ? selectIndex : selectTable}${conditions.map((condition) => ` AND ${condition}`).join('')}
      ORDER BY ${order.map((column) => `${column} ${direction}`).join(', ')} LIMIT ?`
    const rows = this.#state.all<Row>(sql, table.rowId, ...(index ? [index.name] : []), ...values, chunkRows)
    return rows.map((row) => rangeRow(row, index !== undefined))
  }
}

interface Row extends Location {
  item_partition: Uint8Array
  item_sort: Uint8Array
  item: string
  size: number
}

const tableOrder = ['e.partition', 'e.sort']
const indexOrder = ['e.partition', 'e.sort', 'e.item_partition', 'e.item_sort']

const selectTable = `SELECT e.partition, e.sort, e.partition AS item_partition, e.sort AS item_sort, e.item, e.size
  FROM ddb_items e WHERE e.table_id = ?`
const selectIndex = `SELECT e.partition, e.sort, e.item_partition, e.item_sort, i.item, i.size
  FROM ddb_index_entries e
  JOIN ddb_items i ON i.table_id = e.table_id AND i.partition = e.item_partition AND i.sort = e.item_sort
  WHERE e.table_id = ? AND e.index_name = ?`

function where(range: Range): { conditions: string[]; values: Uint8Array[] } {
  const conditions: string[] = []
  const values: Uint8Array[] = []
  const add = (condition: string, value: Uint8Array) => {
    conditions.push(condition)
    values.push(value)
  }
  const bound = (column: string, operator: '<' | '>', limit: Bound | undefined) => {
    if (limit) add(`${column} ${operator}${limit.inclusive ? '=' : ''} ?`, limit.at)
  }
  if (range.partition) add('e.partition = ?', range.partition)
  bound('e.partition', '>', range.partitionsFrom)
  bound('e.partition', '<', range.partitionsTo)
  bound('e.sort', '>', range.sortFrom)
  bound('e.sort', '<', range.sortTo)
  return { conditions, values }
}

function rangeRow(row: Row, ofIndex: boolean): RangeRow {
  const item = { partition: row.item_partition, sort: row.item_sort }
  return {
    ...storedItem({ ...item, item: row.item, size: row.size }),
    cursor: { partition: row.partition, sort: row.sort, ...(ofIndex && { item }) },
  }
}
