import type { BusEntry } from './domain/bus-entry.ts'

export interface EventBus {
  /**
   * Publishes up to 10 entries of 256 KB together, in order.
   * @returns for each entry, in the same order, undefined or why the bus did not take it
   */
  publish(entries: readonly BusEntry[]): Promise<(string | undefined)[]>
}
