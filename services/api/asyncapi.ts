import * as z from 'zod'
import { applicationName } from '#shared/application.ts'
import { EventMetadata, type EventDefinition } from '#shared/events/envelope.ts'

type Json = Record<string, unknown>

/** An event with the name of the service that publishes it. */
interface OwnedEvent {
  readonly service: string
  readonly definition: EventDefinition
}

/** The AsyncAPI 3 document, generated from the definitions that also validate events. One channel for each source. */
export function describeEvents(events: readonly OwnedEvent[]): Json {
  const bySource = Map.groupBy(events, ({ definition }) => definition.source)
  return {
    asyncapi: '3.0.0',
    info: {
      title: `${applicationName}: events`,
      version: '1',
      description,
      license: { name: 'MIT' },
      tags: [...bySource.keys()].map((name) => ({ name })),
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(
      [...bySource].map(([source, ofSource]) => [source, describeChannel(source, ofSource)]),
    ),
    operations: Object.fromEntries(
      [...bySource].map(([source, ofSource]) => [
        `publish-${source}`,
        {
          action: 'send',
          channel: { $ref: `#/channels/${source}` },
          summary: `Publishes what happens in ${source.replace(/\.app$/, '')}`,
          messages: ofSource.map(({ definition }) => ({ $ref: `#/channels/${source}/messages/${nameOf(definition)}` })),
        },
      ]),
    ),
    components: {
      messages: Object.fromEntries(events.map(({ definition }) => [nameOf(definition), describeMessage(definition)])),
      schemas: { EventMetadata: schemaOf(EventMetadata) },
    },
  }
}

const description = `Every event is published to the application's EventBridge bus (output \`EventBusName\`) from a transactional outbox, and delivered at least once, in no particular order. \`detail.metadata.id\` identifies an event: a subscriber that has seen it ignores it. Events with one \`correlationId\` were caused by one request. A version of an event may only gain optional fields.`

/** Versions of one type are messages of their own. */
const nameOf = ({ type, version }: EventDefinition) => (version === 1 ? type : `${type}.${version}`)

const describeChannel = (source: string, events: readonly OwnedEvent[]): Json => ({
  address: source,
  // The name of a source can differ from that of its service.
  'x-service': events[0]!.service,
  description: `Events of the bus whose source is \`${source}\``,
  messages: Object.fromEntries(
    events.map(({ definition }) => [nameOf(definition), { $ref: `#/components/messages/${nameOf(definition)}` }]),
  ),
})

const describeMessage = (event: EventDefinition): Json => ({
  name: event.type,
  title: `${event.type}, version ${event.version}`,
  contentType: 'application/json',
  correlationId: { location: '$message.payload#/detail/metadata/correlationId' },
  payload: {
    type: 'object',
    description: 'The event as EventBridge delivers it; it has more members, such as its account and region.',
    required: ['source', 'detail-type', 'detail'],
    properties: {
      source: { const: event.source },
      'detail-type': { const: event.type },
      detail: {
        type: 'object',
        required: ['metadata', 'data'],
        properties: { metadata: { $ref: '#/components/schemas/EventMetadata' }, data: schemaOf(event.data) },
      },
    },
  },
})

/** Schemas of AsyncAPI are a superset of JSON Schema draft 7. */
function schemaOf(schema: z.ZodType): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' }) as Json
  return rest
}
