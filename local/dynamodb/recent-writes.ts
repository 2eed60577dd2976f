import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import type { ItemStore, PlannedWrite } from './item-store.ts'

/** Ends the transaction of a read of the past. */
class PastRead extends Error {
  readonly result: unknown

  constructor(result: unknown) {
    super()
    this.result = result
  }
}

/** The writes of the last moments, so that an eventually consistent read can miss them. */
export class RecentWrites {
  readonly #state: State
  readonly #clock: Clock
  readonly #items: ItemStore
  readonly #keptMs: number
  /** Oldest first. */
  #writes: { readonly atMs: number; readonly write: PlannedWrite }[] = []

  /** @param options.keptMs how far back a read can go */
  constructor(options: { state: State; clock: Clock; items: ItemStore; keptMs: number }) {
    this.#state = options.state
    this.#clock = options.clock
    this.#items = options.items
    this.#keptMs = options.keptMs
  }

  /** Must be called in the transaction of the write. */
  add(write: PlannedWrite): void {
    this.#state.afterCommit(() => {
      const atMs = this.#clock.now()
      this.#writes = this.#writes.filter((each) => each.atMs > atMs - this.#keptMs)
      this.#writes.push({ atMs, write })
    })
  }

  /** Reads the tables and indexes as they were: the newer writes are undone in a transaction that is rolled back. */
  readPast<T>(agoMs: number, read: () => T): T {
    const sinceMs = this.#clock.now() - agoMs
    const newer = this.#writes.filter(({ atMs }) => atMs > sinceMs)
    if (newer.length === 0) return read()
    try {
      return this.#state.transaction((): never => {
        for (const { write } of newer.toReversed()) this.#undo(write)
        throw new PastRead(read())
      })
    } catch (error) {
      if (error instanceof PastRead) return error.result as T
      throw error
    }
  }

  #undo({ table, location, before, beforeSize, addedEntries, removedEntries }: PlannedWrite): void {
    if (before === undefined) this.#items.delete(table, location)
    else this.#items.put(table, { ...location, item: before, size: beforeSize })
    for (const entry of addedEntries) this.#items.deleteIndexEntry(table, entry, location)
    for (const entry of removedEntries) this.#items.addIndexEntry(table, entry, location)
  }
}
