import type { StoredEvent } from '#shared/events/envelope.ts'

export interface EventBus {
  /**
   * Publishes events in order. When the bus rejects one, no later request follows, so that none overtakes it; events that
   * follow it in the same request may have been published.
   */
  publish(events: readonly StoredEvent[]): Promise<Publication>
}

/** The bus rejected one event. Any other error says that a request failed, and nothing about its events. */
export class EventRejectedError extends Error {}

export interface Publication {
  readonly published: readonly StoredEvent[]
  /** The first event that was not published, by its index. */
  readonly failure?: { readonly index: number; readonly error: unknown }
}
