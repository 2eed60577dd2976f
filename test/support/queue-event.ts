import type { SQSEvent } from 'aws-lambda'

interface AnyEvent {
  readonly source: string
  readonly type: string
  readonly metadata: { readonly id: string; readonly time: string }
  readonly data: unknown
}

/** Events as a function receives them from a queue that a rule sends to; message ids are `m0`, `m1`, … */
export const queueEvent = (events: readonly AnyEvent[]): SQSEvent =>
  ({
    Records: events.map(({ source, type, metadata, data }, index) => ({
      messageId: `m${index}`,
      body: JSON.stringify({ source, 'detail-type': type, time: metadata.time, detail: { metadata, data } }),
    })),
  }) as unknown as SQSEvent
