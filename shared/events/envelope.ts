import * as z from 'zod'

/** What every event carries besides its data. Nothing personal belongs here: metadata is logged. */
export const EventMetadata = z.object({
  /** `<type>/<aggregate id>/<aggregate version>`: the same fact has the same id however often it is delivered. */
  id: z.string().min(1),
  /** Version of the data's schema. */
  version: z.int().min(1),
  time: z.iso.datetime(),
  /** One id for everything that follows from one request. */
  correlationId: z.string().min(1),
  /** The id of the event or the request that led to this event. */
  causationId: z.string().min(1),
  traceparent: z.string().optional(),
})
export type EventMetadata = z.infer<typeof EventMetadata>

/** One definition of an event for its publisher, its subscribers and the rule pattern in infra/. */
export interface EventDefinition<Type extends string = string, Data extends z.ZodType = z.ZodType> {
  readonly source: string
  readonly type: Type
  readonly version: number
  readonly data: Data
}

export const defineEvent = <const Type extends string, Data extends z.ZodType>(
  definition: EventDefinition<Type, Data>,
): EventDefinition<Type, Data> => definition

/** An event as a subscriber gets it. */
export interface EventOf<Definition extends EventDefinition> {
  readonly source: string
  readonly type: Definition['type']
  readonly metadata: EventMetadata
  readonly data: z.infer<Definition['data']>
}

/** Distributes over a union of definitions, so that `switch (event.type)` narrows `event.data`. */
export type AnyEventOf<Definition extends EventDefinition> = Definition extends EventDefinition
  ? EventOf<Definition>
  : never

/** What an event takes over from what caused it. */
export interface Cause {
  readonly correlationId: string
  readonly causationId: string
  readonly traceparent?: string | undefined
}

export const causedBy = (metadata: EventMetadata): Cause => ({
  correlationId: metadata.correlationId,
  causationId: metadata.id,
  traceparent: metadata.traceparent,
})

export function createEvent<Definition extends EventDefinition>(
  definition: Definition,
  fact: { aggregateId: string; aggregateVersion: number; time: Date; cause: Cause; data: z.infer<Definition['data']> },
): EventOf<Definition> {
  const { correlationId, causationId, traceparent } = fact.cause
  return {
    source: definition.source,
    type: definition.type,
    metadata: {
      id: `${definition.type}/${fact.aggregateId}/${fact.aggregateVersion}`,
      version: definition.version,
      time: fact.time.toISOString(),
      correlationId,
      causationId,
      ...(traceparent === undefined ? {} : { traceparent }),
    },
    data: fact.data,
  }
}

/**
 * How an event waits in the table for the relay: in the list attribute `events` of the item whose change it tells.
 * The relay publishes those of the new image whose ids the old image does not have.
 */
export const StoredEvent = z.object({
  source: z.string().min(1),
  type: z.string().min(1),
  metadata: EventMetadata,
  data: z.record(z.string(), z.unknown()),
})
export type StoredEvent = z.infer<typeof StoredEvent>

/** The item attribute that the relay looks at. */
export const eventsAttribute = 'events'
