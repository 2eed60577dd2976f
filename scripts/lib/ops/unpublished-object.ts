import type { DynamoDBRecord } from 'aws-lambda'
import * as z from 'zod'
import { newEvents } from '#services/event-relay/domain/new-events.ts'
import { attributeOf } from '#shared/dynamodb/stream-image.ts'
import { eventsAttribute, type StoredEvent } from '#shared/events/envelope.ts'

const StreamRecord = z.looseObject({
  dynamodb: z.looseObject({ SequenceNumber: z.string(), Keys: z.record(z.string(), z.unknown()) }),
})

/** What Lambda writes to an on-failure bucket; `payload` is the JSON of the whole batch that the function got. */
const InvocationRecord = z.looseObject({
  requestContext: z.looseObject({ condition: z.string() }),
  payload: z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' })
        return z.NEVER
      }
    })
    .pipe(z.object({ Records: z.array(StreamRecord).min(1) })),
})

/** A change that the relay could not publish, with the events in it, or why none can be read. */
export interface UnpublishedChange {
  readonly sequenceNumber: string
  readonly events: readonly StoredEvent[]
  readonly problem: string | undefined
}

export interface UnpublishedObject {
  /** Why Lambda gave up: `RetryAttemptsExhausted`, `RecordAgeExceeded`. */
  readonly condition: string
  readonly changes: readonly UnpublishedChange[]
}

/** Reads an object as the relay would have read its records. @throws ZodError when it is none of Lambda's */
export function readUnpublished(text: string): UnpublishedObject {
  const { requestContext, payload } = InvocationRecord.parse(JSON.parse(text))
  const changes = payload.Records.map((record) => read(record as unknown as DynamoDBRecord))
  return { condition: requestContext.condition, changes }
}

function read({ dynamodb }: DynamoDBRecord): UnpublishedChange {
  const sequenceNumber = dynamodb!.SequenceNumber!
  const before = attributeOf(dynamodb!.OldImage, eventsAttribute)
  const after = attributeOf(dynamodb!.NewImage, eventsAttribute)
  try {
    return { sequenceNumber, events: newEvents(before, after), problem: undefined }
  } catch (error) {
    return { sequenceNumber, events: [], problem: problemText(error) }
  }
}

/** One line; values stay out, since what is malformed may hold anything. */
export function problemText(error: unknown): string {
  if (error instanceof z.ZodError)
    return `not an event: ${error.issues.map(({ path, code }) => `${path.join('.') || 'it'} (${code})`).join(', ')}`
  return String(error instanceof Error ? error.message : error).split('\n')[0]!
}
