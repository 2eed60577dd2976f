import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import { indexEntriesOf } from './item-key.ts'
import type { ItemStore } from './item-store.ts'
import type { Table, TableSchema } from './schema.ts'
import type { StreamLog } from './stream-log.ts'

interface TableRow {
  row_id: number
  name: string
  table_id: string
  created_ms: number
  stream_label: string | null
  definition: string
}

interface Stores {
  readonly state: State
  readonly clock: Clock
  readonly items: ItemStore
  readonly streams: StreamLog
}

/** The table definitions, stored in the state file and cached in memory. */
export class Tables {
  readonly #stores: Stores
  readonly #byName = new Map<string, Table>()

  constructor(stores: Stores) {
    this.#stores = stores
    stores.state.define(`CREATE TABLE IF NOT EXISTS ddb_tables (
      row_id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL UNIQUE,
      table_id TEXT NOT NULL,
      created_ms INTEGER NOT NULL,
      stream_label TEXT,
      definition TEXT NOT NULL
    )`)
    this.#load('TRUE')
  }

  all(): Table[] {
    return [...this.#byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  find(name: string): Table | undefined {
    return this.#byName.get(name)
  }

  /** @throws AwsError ResourceNotFoundException */
  get(name: string, notFound = { name: 'ResourceNotFoundException', message: 'Requested resource not found' }): Table {
    const table = this.#byName.get(name)
    if (!table) throw new AwsError(notFound.name, notFound.message)
    return table
  }

  create(schema: TableSchema): Table {
    const { state, clock } = this.#stores
    return state.transaction(() => {
      state.run(
        'INSERT INTO ddb_tables (name, table_id, created_ms, stream_label, definition) VALUES (?, ?, ?, ?, ?)',
        schema.name,
        randomUUID(),
        clock.now(),
        this.#streamLabel(schema),
        JSON.stringify(schema),
      )
      return this.#open(schema.name)
    })
  }

  delete(table: Table): void {
    const { state, items } = this.#stores
    state.transaction(() => {
      items.clear(table)
      state.run('DELETE FROM ddb_tables WHERE row_id = ?', table.rowId)
      this.#byName.delete(table.name)
    })
  }

  /**
   * Changes the definition of a table: new and changed indexes are built from its items. Its stream label stays unless the
   * stream is enabled or disabled.
   * @throws Error when the key differs, since the existing items are stored by their key
   */
  change(table: Table, schema: TableSchema): Table {
    if (!sameJson(table.key, schema.key)) {
      throw new Error(
        `The table ${table.name} exists with another key (${describeKey(table)}) than the template's (${describeKey(schema)}). ` +
          'AWS would replace it and lose its items; start with --reset, or give the table another name.',
      )
    }
    const { state, items } = this.#stores
    return state.transaction(() => {
      state.run(
        'UPDATE ddb_tables SET stream_label = ?, definition = ? WHERE row_id = ?',
        this.#streamLabel(schema, table.streamLabel),
        JSON.stringify(schema),
        table.rowId,
      )
      const changed = this.#open(table.name)
      this.#rebuildIndexes(table, changed)
      if (table.timeToLiveAttribute !== changed.timeToLiveAttribute) {
        // Written again, each item gets its expiry by the other attribute.
        for (const stored of items.all(changed)) items.put(changed, stored)
      }
      return changed
    })
  }

  #rebuildIndexes(before: Table, after: Table): void {
    const { items } = this.#stores
    const stale = before.indexes.filter((index) => !after.indexes.some((other) => sameJson(index, other)))
    for (const index of stale) items.clearIndex(after, index.name)
    const fresh = new Set(after.indexes.filter((index) => !before.indexes.some((other) => sameJson(index, other))))
    if (fresh.size === 0) return
    for (const stored of items.all(after)) {
      for (const entry of indexEntriesOf(after, stored.item)) {
        if (fresh.has(entry.index)) items.addIndexEntry(after, entry, stored)
      }
    }
  }

  #streamLabel(schema: TableSchema, current?: string): string | null {
    if (schema.streamViewType === undefined) return null
    return current ?? new Date(this.#stores.clock.now()).toISOString().replace('Z', '')
  }

  #open(name: string): Table {
    this.#load('name = ?', name)
    const table = this.get(name)
    this.#stores.streams.open(table)
    return table
  }

  #load(condition: string, ...values: string[]): void {
    for (const row of this.#stores.state.all<TableRow>(`SELECT * FROM ddb_tables WHERE ${condition}`, ...values)) {
      this.#byName.set(row.name, {
        ...(JSON.parse(row.definition) as TableSchema),
        rowId: row.row_id,
        tableId: row.table_id,
        createdMs: row.created_ms,
        streamLabel: row.stream_label ?? undefined,
      })
    }
  }
}

const sameJson = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

const describeKey = ({ key }: TableSchema) =>
  [key.partition, key.sort].flatMap((part) => (part ? [`${part.name}: ${part.type}`] : [])).join(', ')
