import type { Engine } from './engine.ts'
import { streamArnOf, type Table } from './schema.ts'
import { commitWrite, plannedWrite } from './writes.ts'

/** DynamoDB ignores items whose expiry is more than five years in the past. */
const oldestExpirySeconds = 5 * 365 * 24 * 60 * 60
const batchSize = 100

/** Deletes expired items, with stream records of the DynamoDB service, and expired stream records and tokens. */
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
    for (const stored of expired) {
      commitWrite(engine, plannedWrite(table, { location: stored, key: stored.item }, stored, undefined), true)
    }
    return expired.length
  })
}
