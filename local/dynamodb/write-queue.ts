import type { State } from '../state/state.ts'

/** A write that is queued: `plan` checks it on the stored items and returns the function that carries it out. */
interface QueuedWrite {
  /** Keys of the items, from `itemText`. */
  readonly items: readonly string[]
  readonly plan: () => () => unknown
  readonly resolve: (output: any) => void
  readonly reject: (error: unknown) => void
}

/**
 * Carries out the writes that arrive in one turn of the event loop in one SQLite transaction, in their order. From its
 * arrival until then a write is ongoing: "A transactional conflict can occur during concurrent item-level requests on an
 * item within a transaction" ("Amazon DynamoDB Transactions: How it works", DynamoDB developer guide).
 */
export class WriteQueue {
  readonly #state: State
  #queued: QueuedWrite[] = []
  /** How many queued writes, and which queued transactions, concern an item. */
  readonly #ongoing = new Map<string, number>()
  readonly #transactions = new Set<string>()
  readonly #tokens = new Set<string>()

  constructor(state: State) {
    this.#state = state
  }

  /** Whether a transaction that writes or checks the item is ongoing. */
  hasTransaction(item: string): boolean {
    return this.#transactions.has(item)
  }

  hasWrite(item: string): boolean {
    return this.#ongoing.has(item)
  }

  hasToken(token: string): boolean {
    return this.#tokens.has(token)
  }

  /** Queues a write of one item, or a batch of such writes. @throws what `plan` throws, in which case nothing is written */
  write<T>(items: readonly string[], plan: () => () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#queued.length === 0) setImmediate(() => this.#flush())
      this.#queued.push({ items, plan, resolve, reject })
      for (const item of items) this.#ongoing.set(item, (this.#ongoing.get(item) ?? 0) + 1)
    })
  }

  /** Queues a transaction, with which other writes of its items conflict. */
  async transaction<T>(items: readonly string[], token: string | undefined, plan: () => () => T): Promise<T> {
    for (const item of items) this.#transactions.add(item)
    if (token !== undefined) this.#tokens.add(token)
    try {
      return await this.write(items, plan)
    } finally {
      for (const item of items) this.#transactions.delete(item)
      if (token !== undefined) this.#tokens.delete(token)
    }
  }

  #flush(): void {
    const writes = this.#queued
    this.#queued = []
    for (const item of writes.flatMap((write) => write.items)) this.#release(item)
    let settle: (() => void)[]
    try {
      settle = this.#state.transaction(() => writes.map(carryOut))
    } catch (error) {
      // Nothing is committed: the disk is full, or there is a bug.
      settle = writes.map(
        ({ reject }) =>
          () =>
            reject(error),
      )
    }
    for (const each of settle) each()
  }

  #release(item: string): void {
    const others = this.#ongoing.get(item)! - 1
    if (others > 0) this.#ongoing.set(item, others)
    else this.#ongoing.delete(item)
  }
}

/** @returns the function that reports the outcome, once it is committed. @throws an error that must undo all writes */
function carryOut({ plan, resolve, reject }: QueuedWrite): () => void {
  let commit
  try {
    commit = plan()
  } catch (error) {
    return () => reject(error)
  }
  const output = commit()
  return () => resolve(output)
}
