import { faults, noChaos, type Chaos } from '../chaos.ts'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { ItemStore, type PlannedWrite } from './item-store.ts'
import { StreamLog } from './stream-log.ts'
import { Tables } from './tables.ts'
import { TransactionTokens, WriteQueue } from './write-queue.ts'

/** The capacity that one operation consumed on one table, its indexes included. */
export interface SpentCapacity {
  readonly operation: string
  readonly tableName: string
  readonly readUnits: number
  readonly writeUnits: number
}

/** The stores that the operations use. */
export interface Engine {
  readonly state: State
  readonly clock: Clock
  readonly tables: Tables
  readonly items: ItemStore
  readonly streams: StreamLog
  readonly tokens: TransactionTokens
  readonly writes: WriteQueue
  /** Recorded only when reads can be stale. */
  readonly recent?: RecentWrites
  readonly chaos: Chaos
  /** Receives the capacity that each operation consumed. */
  readonly onCapacity?: ((spent: SpentCapacity) => void) | undefined
}

export interface EngineOptions extends Pick<Engine, 'state' | 'clock' | 'onCapacity'> {
  /** @default no faults */
  readonly chaos?: Chaos
}

export function createEngine({ state, clock, chaos = noChaos, onCapacity }: EngineOptions): Engine {
  const items = new ItemStore(state)
  const streams = new StreamLog(state, clock)
  return {
    state,
    clock,
    tables: new Tables({ state, clock, items, streams }),
    items,
    streams,
    tokens: new TransactionTokens(state, clock),
    writes: new WriteQueue(state),
    ...(chaos !== noChaos && { recent: new RecentWrites({ state, clock, items }) }),
    chaos,
    onCapacity,
  }
}

/** The writes of the last moments, so that an eventually consistent read can miss them. */
class RecentWrites {
  readonly #stores: Pick<Engine, 'state' | 'clock' | 'items'>
  /** Oldest first. */
  #writes: { readonly atMs: number; readonly write: PlannedWrite }[] = []

  constructor(stores: Pick<Engine, 'state' | 'clock' | 'items'>) {
    this.#stores = stores
  }

  /** Must be called in the transaction of the write. */
  add(write: PlannedWrite): void {
    this.#stores.state.afterCommit(() => {
      const atMs = this.#stores.clock.now()
      this.#writes = this.#writes.filter((each) => each.atMs > atMs - faults['stale reads'].maximumMs)
      this.#writes.push({ atMs, write })
    })
  }

  /** Reads the tables and indexes as they were: the newer writes are undone in a transaction that is rolled back. */
  readPast<T>(agoMs: number, read: () => T): T {
    const sinceMs = this.#stores.clock.now() - agoMs
    const newer = this.#writes.filter(({ atMs }) => atMs > sinceMs)
    if (newer.length === 0) return read()
    const rollback = new Error('Ends the transaction of a read of the past.')
    let result: { readonly value: T } | undefined
    try {
      this.#stores.state.transaction((): never => {
        for (const { write } of newer.toReversed()) this.#stores.items.undo(write)
        result = { value: read() }
        throw rollback
      })
    } catch (error) {
      if (error !== rollback) throw error
    }
    return result!.value
  }
}
