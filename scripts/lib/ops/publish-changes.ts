import { EventRejectedError, type EventBus } from '#services/event-relay/ports.ts'
import { problemText, type UnpublishedChange } from './unpublished-object.ts'

export interface Published {
  readonly eventIds: readonly string[]
  /** The changes that were not published, by sequence number. */
  readonly problems: readonly { readonly sequenceNumber: string; readonly problem: string }[]
}

/**
 * Publishes the events of changes. Unlike the relay it goes on behind a rejected event, since nothing waits for it here.
 * @throws the error of a failed request: no credentials, no permission, no bus
 */
export async function publishChanges(bus: EventBus, changes: readonly UnpublishedChange[]): Promise<Published> {
  const problems = changes.flatMap(({ sequenceNumber, problem }) =>
    problem === undefined ? [] : [{ sequenceNumber, problem }],
  )
  const eventIds = new Set<string>()
  let rest = changes.flatMap(({ sequenceNumber, events }) => events.map((event) => ({ sequenceNumber, event })))
  while (rest.length > 0) {
    const { published, failure } = await bus.publish(rest.map(({ event }) => event))
    for (const { metadata } of published) eventIds.add(metadata.id)
    if (!failure) break
    if (!(failure.error instanceof EventRejectedError)) throw failure.error
    const { sequenceNumber } = rest[failure.index]!
    problems.push({ sequenceNumber, problem: problemText(failure.error) })
    rest = rest.slice(failure.index + 1)
  }
  return { eventIds: [...eventIds], problems }
}
