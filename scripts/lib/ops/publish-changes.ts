import type { EventBus } from '#services/event-relay/ports.ts'
import { relayChanges } from '#services/event-relay/use-cases/relay-changes.ts'
import { problemText, type UnpublishedChange } from './unpublished-object.ts'

export interface Published {
  /** The ids of the events that the bus took. */
  readonly eventIds: readonly string[]
  /** What it did not take, by the sequence numbers of their changes. */
  readonly problems: readonly { readonly sequenceNumber: string; readonly problem: string }[]
}

/**
 * Publishes changes by the relay's own code, which stops at the first that fails; what stands behind that one goes on
 * here, since nothing is held up by it any more.
 * @throws whatever a whole request failed with: no credentials, no permission, no bus
 */
export async function publishChanges(bus: EventBus, changes: readonly UnpublishedChange[]): Promise<Published> {
  const eventIds: string[] = []
  const problems: { sequenceNumber: string; problem: string }[] = []
  const watched = rethrowing(bus)
  let rest = changes.map(({ change }) => change)
  while (rest.length > 0) {
    const { published, failure } = await relayChanges(watched.bus, rest)
    watched.check()
    eventIds.push(...published.map(({ metadata }) => metadata.id))
    if (!failure) break
    problems.push({ sequenceNumber: failure.sequenceNumber, problem: problemText(failure.error) })
    rest = rest.slice(rest.findIndex(({ sequenceNumber }) => sequenceNumber === failure.sequenceNumber) + 1)
  }
  return { eventIds: [...new Set(eventIds)], problems }
}

/** The relay takes a request that failed for events that failed, to be tried again; here it ends everything. */
function rethrowing(bus: EventBus): { bus: EventBus; check: () => void } {
  let thrown: unknown
  return {
    bus: {
      async publish(entries) {
        try {
          return await bus.publish(entries)
        } catch (error) {
          thrown = error
          throw error
        }
      },
    },
    check() {
      if (thrown !== undefined) throw thrown
    },
  }
}
