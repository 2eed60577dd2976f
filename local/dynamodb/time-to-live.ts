import type { Engine } from './engine.ts'
import { streamArnOf, type Table } from './schema.ts'
import { commitWrite } from './writes.ts'

/** DynamoDB leaves alone what seems to have expired more than five years ago. */
const oldestExpirySeconds = 5 * 365 * 24 * 60 * 60
const batchSize = 100

/** Deletes what has expired, with stream records in the name of the service, and drops what nobody may read any more. */
export function sweepExpired(engine: Engine): void {
  for (const table of engine.tables.all()) {
    if (table.timeToLiveAttribute === undefined) continue
    while (deleteBatch(engine, table) === batchSize);
  }
  engine.streams.trim(new Set(engine.tables.all().flatMap((table) => streamArnOf(table) ?? [])))
  engine.tokens.trim()
}

function deleteBatch(engine: Engine, table: Table): number {
  const nowSeconds = engine.clock.now() / 1000
  const range = { fromSeconds: nowSeconds - oldestExpirySeconds, beforeSeconds: nowSeconds }
  return engine.state.transaction(() => {
    const expired = engine.items.expired(table, range, batchSize)
    for (const { item, ...location } of expired) {
      commitWrite(engine, { table, location, before: item, after: undefined, unchanged: false }, true)
    }
    return expired.length
  })
}
