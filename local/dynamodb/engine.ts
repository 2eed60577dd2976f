import { faults, noChaos, type Chaos } from '../chaos.ts'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { ItemStore } from './item-store.ts'
import { RangeStore } from './range-store.ts'
import { RecentWrites } from './recent-writes.ts'
import { StreamLog } from './stream-log.ts'
import { Tables } from './tables.ts'
import { TransactionTokens } from './transaction-tokens.ts'
import { WriteQueue } from './write-queue.ts'

/** The stores that the operations use. */
export interface Engine {
  readonly state: State
  readonly clock: Clock
  readonly tables: Tables
  readonly items: ItemStore
  readonly ranges: RangeStore
  readonly streams: StreamLog
  readonly tokens: TransactionTokens
  readonly writes: WriteQueue
  /** Recorded only when reads can be stale. */
  readonly recent?: RecentWrites
  readonly chaos: Chaos
}

export function createEngine(state: State, clock: Clock, chaos: Chaos = noChaos): Engine {
  const items = new ItemStore(state)
  return {
    state,
    clock,
    tables: new Tables(state, clock),
    items,
    ranges: new RangeStore(state),
    streams: new StreamLog(state, clock),
    tokens: new TransactionTokens(state, clock),
    writes: new WriteQueue(state),
    ...(chaos !== noChaos && {
      recent: new RecentWrites({ state, clock, items, keptMs: faults['stale reads'].maximumMs }),
    }),
    chaos,
  }
}
