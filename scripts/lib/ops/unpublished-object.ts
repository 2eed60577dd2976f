import type { DynamoDBRecord } from 'aws-lambda'
import * as z from 'zod'
import { newEvents } from '#services/event-relay/domain/new-events.ts'
import { toChange } from '#services/event-relay/handlers/stream-change.ts'
import type { Change } from '#services/event-relay/use-cases/relay-changes.ts'
import type { StoredEvent } from '#shared/events/envelope.ts'

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
  readonly change: Change
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
  const changes = payload.Records.map((record) => toChange(record as unknown as DynamoDBRecord))
  return { condition: requestContext.condition, changes: changes.map(read) }
}

function read(change: Change): UnpublishedChange {
  try {
    return { change, events: newEvents(change.before, change.after), problem: undefined }
  } catch (error) {
    return { change, events: [], problem: problemText(error) }
  }
}

/** One line; values stay out, since what is malformed may hold anything. */
export function problemText(error: unknown): string {
  if (error instanceof z.ZodError)
    return `not an event: ${error.issues.map(({ path, code }) => `${path.join('.') || 'it'} (${code})`).join(', ')}`
  return String(error instanceof Error ? error.message : error).split('\n')[0]!
}
