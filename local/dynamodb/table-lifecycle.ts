import type { Engine } from './engine.ts'
import { indexEntriesOf } from './item-key.ts'
import type { Table, TableSchema } from './schema.ts'

export function createTable(engine: Engine, schema: TableSchema): Table {
  return engine.state.transaction(() => {
    const table = engine.tables.add(schema)
    engine.streams.open(table)
    return table
  })
}

export function deleteTable(engine: Engine, table: Table): void {
  engine.state.transaction(() => {
    engine.items.clear(table)
    engine.tables.remove(table)
  })
}

/**
 * Changes the definition of a table: new and changed indexes are built from its items.
 * @throws Error when the key differs, since the existing items are stored by their key
 */
export function changeTable(engine: Engine, table: Table, schema: TableSchema): Table {
  if (!sameJson(table.key, schema.key)) {
    throw new Error(
      `The table ${table.name} exists with another key (${describeKey(table)}) than the template's (${describeKey(schema)}). ` +
        'AWS would replace it and lose its items; start with --reset, or give the table another name.',
    )
  }
  return engine.state.transaction(() => {
    const changed = engine.tables.change(table, schema)
    engine.streams.open(changed)
    rebuildIndexes(engine, table, changed)
    if (table.timeToLiveAttribute !== changed.timeToLiveAttribute) engine.items.refreshExpiry(changed)
    return changed
  })
}

function rebuildIndexes(engine: Engine, before: Table, after: Table): void {
  const stale = before.indexes.filter((index) => !after.indexes.some((other) => sameJson(index, other)))
  for (const index of stale) engine.items.clearIndex(after, index.name)
  const fresh = new Set(after.indexes.filter((index) => !before.indexes.some((other) => sameJson(index, other))))
  if (fresh.size === 0) return
  for (const stored of engine.items.all(after)) {
    for (const entry of indexEntriesOf(after, stored.item)) {
      if (fresh.has(entry.index)) engine.items.addIndexEntry(after, entry, stored)
    }
  }
}

const sameJson = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

const describeKey = ({ key }: TableSchema) =>
  [key.partition, key.sort].flatMap((part) => (part ? [`${part.name}: ${part.type}`] : [])).join(', ')
