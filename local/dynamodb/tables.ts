import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Table, TableSchema } from './schema.ts'

interface TableRow {
  row_id: number
  name: string
  table_id: string
  created_ms: number
  stream_label: string | null
  definition: string
}

/** The table definitions, stored in the state file and cached in memory. */
export class Tables {
  readonly #state: State
  readonly #clock: Clock
  readonly #byName = new Map<string, Table>()

  constructor(state: State, clock: Clock) {
    this.#state = state
    this.#clock = clock
    state.define(`CREATE TABLE IF NOT EXISTS ddb_tables (
      row_id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL UNIQUE,
      table_id TEXT NOT NULL,
      created_ms INTEGER NOT NULL,
      stream_label TEXT,
      definition TEXT NOT NULL
    )`)
    for (const row of state.all<TableRow>('SELECT * FROM ddb_tables')) this.#load(row.name)
  }

  all(): Table[] {
    return [...this.#byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  find(name: string): Table | undefined {
    return this.#byName.get(name)
  }

  /** @throws AwsError ResourceNotFoundException */
  get(name: string, message = 'Requested resource not found'): Table {
    const table = this.#byName.get(name)
    if (!table) throw new AwsError('ResourceNotFoundException', message)
    return table
  }

  add(schema: TableSchema): Table {
    this.#state.run(
      'INSERT INTO ddb_tables (name, table_id, created_ms, stream_label, definition) VALUES (?, ?, ?, ?, ?)',
      schema.name,
      randomUUID(),
      this.#clock.now(),
      schema.streamViewType === undefined ? null : this.#streamLabel(),
      JSON.stringify(schema),
    )
    return this.#load(schema.name)
  }

  /** Replaces the definition of a table; its stream label stays unless the stream is enabled or disabled. */
  change(table: Table, schema: TableSchema): Table {
    const streamLabel = schema.streamViewType === undefined ? null : (table.streamLabel ?? this.#streamLabel())
    this.#state.run(
      'UPDATE ddb_tables SET stream_label = ?, definition = ? WHERE row_id = ?',
      streamLabel,
      JSON.stringify(schema),
      table.rowId,
    )
    return this.#load(table.name)
  }

  remove(table: Table): void {
    this.#state.run('DELETE FROM ddb_tables WHERE row_id = ?', table.rowId)
    this.#byName.delete(table.name)
  }

  #streamLabel(): string {
    return new Date(this.#clock.now()).toISOString().replace('Z', '')
  }

  #load(name: string): Table {
    const row = this.#state.get<TableRow>('SELECT * FROM ddb_tables WHERE name = ?', name)!
    const table: Table = {
      ...(JSON.parse(row.definition) as TableSchema),
      rowId: row.row_id,
      tableId: row.table_id,
      createdMs: row.created_ms,
      streamLabel: row.stream_label ?? undefined,
    }
    this.#byName.set(name, table)
    return table
  }
}
