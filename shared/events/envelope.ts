import * as z from 'zod'

/** Metadata of every event. It is logged, so it contains no personal data. */
export const EventMetadata = z.object({
  /** `<type>/<aggregate id>/<aggregate version>`, by which a consumer recognizes a duplicate. */
  id: z.string().min(1),
  /** Version of the data's schema. */
  version: z.int().min(1),
  time: z.iso.datetime(),
  /** Shared by all events and log lines that one request causes. */
  correlationId: z.string().min(1),
  /** The id of the event or the request that led to this event. */
  causationId: z.string().min(1),
  traceparent: z.string().optional(),
})
export type EventMetadata = z.infer<typeof EventMetadata>

/** The definition of an event, for its publisher, its subscribers and the rule patterns in infra/. */
export interface EventDefinition<Type extends string = string, Data extends z.ZodType = z.ZodType> {
  readonly source: string
  readonly type: Type
  readonly version: number
  readonly data: Data
}

export const defineEvent = <const Type extends string, Data extends z.ZodType>(
  definition: EventDefinition<Type, Data>,
): EventDefinition<Type, Data> => definition

/** An event as a subscriber receives it. */
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

/** The metadata that an event inherits from its cause. */
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

/** An event in the transactional outbox of the item that changed ([outbox.ts](outbox.ts)). */
export const StoredEvent = z.object({
  source: z.string().min(1),
  type: z.string().min(1),
  metadata: EventMetadata,
  data: z.record(z.string(), z.unknown()),
})
export type StoredEvent = z.infer<typeof StoredEvent>
