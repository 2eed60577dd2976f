import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { DynamoDBRecord } from 'aws-lambda'
import * as z from 'zod'
import { newEvents } from '#services/event-relay/domain/new-events.ts'
import { attributeOf } from '#shared/dynamodb/stream-image.ts'
import { eventsAttribute, type StoredEvent } from '#shared/events/envelope.ts'
import { EventRejectedError, type EventBus } from '#services/event-relay/ports.ts'

const StreamRecord = z.looseObject({
  dynamodb: z.looseObject({ SequenceNumber: z.string(), Keys: z.record(z.string(), z.unknown()) }),
})

/** What Lambda writes to an on-failure bucket; `payload` is the JSON of the whole batch. */
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

/** A change that the relay could not publish, with its events, or why they cannot be read. */
export interface UnpublishedChange {
  readonly sequenceNumber: string
  readonly events: readonly StoredEvent[]
  readonly problem: string | undefined
}

export interface UnpublishedObject {
  /** Why Lambda stopped retrying: `RetryAttemptsExhausted`, `RecordAgeExceeded`. */
  readonly condition: string
  readonly changes: readonly UnpublishedChange[]
}

/** Reads an object in the same way as the relay reads its records. @throws ZodError when Lambda did not write it */
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

/** One line without values, since a malformed event may contain personal data. */
export function problemText(error: unknown): string {
  if (error instanceof z.ZodError)
    return `not an event: ${error.issues.map(({ path, code }) => `${path.join('.') || 'it'} (${code})`).join(', ')}`
  return String(error instanceof Error ? error.message : error).split('\n')[0]!
}

export interface Published {
  readonly eventIds: readonly string[]
  /** The changes that were not published, by sequence number. */
  readonly problems: readonly { readonly sequenceNumber: string; readonly problem: string }[]
}

/**
 * Publishes the events of changes. Unlike the relay it continues after a rejected event, since it does not preserve order.
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

export interface StoredObject {
  readonly key: string
  readonly storedAt: Date
}

/** Where Lambda stores the records that a function could not handle: `aws/lambda/<mapping>/<shard>/<date>/…`. */
const storedPrefix = 'aws/lambda/'

/** Where an object is moved after publication; it expires there. */
export const donePrefix = 'republished/'

/** The relay's on-failure bucket. */
export class UnpublishedBucket {
  readonly #s3: Pick<S3Client, 'send'>
  readonly #bucket: string

  constructor(s3: Pick<S3Client, 'send'>, bucket: string) {
    this.#s3 = s3
    this.#bucket = bucket
  }

  /** The stored objects, the oldest first, so that events are published roughly in order. */
  async list(): Promise<StoredObject[]> {
    const objects: StoredObject[] = []
    let ContinuationToken: string | undefined
    do {
      const page = await this.#s3.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: storedPrefix, ContinuationToken }),
      )
      objects.push(...(page.Contents ?? []).map(({ Key, LastModified }) => ({ key: Key!, storedAt: LastModified! })))
      ContinuationToken = page.NextContinuationToken
    } while (ContinuationToken)
    return objects.toSorted((a, b) => a.storedAt.getTime() - b.storedAt.getTime() || (a.key < b.key ? -1 : 1))
  }

  async read(Key: string): Promise<string> {
    const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key }))
    return await Body!.transformToString()
  }

  /** Copies before it deletes: an interruption can lead to a second publication, but not to a loss. */
  async markPublished(key: string): Promise<void> {
    const CopySource = `${this.#bucket}/${key.split('/').map(encodeURIComponent).join('/')}`
    await this.#s3.send(new CopyObjectCommand({ Bucket: this.#bucket, Key: `${donePrefix}${key}`, CopySource }))
    await this.#s3.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }))
  }
}
