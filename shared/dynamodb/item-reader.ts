import { batchGet, type Item, type Key } from './batch-get.ts'
import type { Table } from './table.ts'

/** Reads one item; undefined when it is absent. @throws ThrottledError */
type ReadItem = (key: Key) => Promise<Item | undefined>

/** What BatchGetItem accepts. */
const keysPerRequest = 100

interface Waiting {
  readonly key: Key
  readonly found: PromiseWithResolvers<Item | undefined>
}

const nameOf = ({ PK, SK }: Item | Key) => `${PK}\n${SK}`

/**
 * Reads items one by one, and those that are asked for at the same moment in one request: the events of a batch, which are
 * handled at the same time, then cost one call together. A request of one key consumes what GetItem does.
 */
export function itemReader(
  table: Table,
  { consistent = true, attributes }: { readonly consistent?: boolean; readonly attributes?: readonly string[] } = {},
): ReadItem {
  let waiting = new Map<string, Waiting>()

  async function readTogether(together: readonly Waiting[]): Promise<void> {
    try {
      const keys = together.map(({ key }) => key)
      const items = await batchGet(table, keys, { consistent, ...(attributes && { attributes }) })
      const byName = new Map(items.map((item) => [nameOf(item), item]))
      for (const { key, found } of together) found.resolve(byName.get(nameOf(key)))
    } catch (error) {
      for (const { found } of together) found.reject(error)
    }
  }

  function readWaiting(): void {
    const all = [...waiting.values()]
    waiting = new Map()
    for (let from = 0; from < all.length; from += keysPerRequest) {
      void readTogether(all.slice(from, from + keysPerRequest))
    }
  }

  return (key) => {
    // After everything that the responses of this turn of the event loop continue.
    if (waiting.size === 0) setImmediate(readWaiting)
    const known = waiting.get(nameOf(key))
    if (known) return known.found.promise
    const found = Promise.withResolvers<Item | undefined>()
    waiting.set(nameOf(key), { key, found })
    return found.promise
  }
}
