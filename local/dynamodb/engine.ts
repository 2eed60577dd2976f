import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import type { ItemStore } from './item-store.ts'
import type { RangeStore } from './range-store.ts'
import type { StreamLog } from './stream-log.ts'
import type { Tables } from './tables.ts'
import type { TransactionTokens } from './transaction-tokens.ts'

/** What the operations work on. */
export interface Engine {
  readonly state: State
  readonly clock: Clock
  readonly tables: Tables
  readonly items: ItemStore
  readonly ranges: RangeStore
  readonly streams: StreamLog
  readonly tokens: TransactionTokens
}
