import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { DynamoDBRecord } from 'aws-lambda'
import * as z from 'zod'
import { newEvents } from '#services/event-relay/domain/new-events.ts'
import { problemText } from '#services/event-relay/domain/problem-text.ts'
import { unpublishedPrefix } from '#services/event-relay/keys.ts'
import { imageOf } from '#shared/dynamodb/stream-image.ts'
import type { StoredEvent } from '#shared/events/envelope.ts'
import { failurePrefix, republishedPrefix } from '#shared/lambda/lambda-names.ts'
import type { EventBus } from '#services/event-relay/ports.ts'
import { itemsIn } from '../pages.ts'

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

/** What the relay writes: one record that can never be published, and why. */
const RelayedRecord = z.object({ problem: z.string(), record: StreamRecord })

/** A change that the relay could not publish, with its events, or why they cannot be read. */
interface UnpublishedChange {
  readonly sequenceNumber: string
  readonly events: readonly StoredEvent[]
  readonly problem: string | undefined
}

export interface UnpublishedObject {
  /** Why it was stored: the relay's sentence, or Lambda's `RecordAgeExceeded` or `RetryAttemptsExhausted`. */
  readonly reason: string
  readonly changes: readonly UnpublishedChange[]
}

/** Reads an object as the relay reads its records. @throws ZodError when neither the relay nor Lambda wrote it */
export function readUnpublished(key: string, text: string): UnpublishedObject {
  const stored: unknown = JSON.parse(text)
  if (key.startsWith(unpublishedPrefix)) {
    const { problem, record } = RelayedRecord.parse(stored)
    return { reason: problem, changes: changesOf([record]) }
  }
  const { requestContext, payload } = InvocationRecord.parse(stored)
  return { reason: requestContext.condition, changes: changesOf(payload.Records) }
}

const changesOf = (records: readonly unknown[]) => records.map((record) => read(record as DynamoDBRecord))

function read({ dynamodb }: DynamoDBRecord): UnpublishedChange {
  const sequenceNumber = dynamodb!.SequenceNumber!
  try {
    const events = newEvents(imageOf(dynamodb!.OldImage), imageOf(dynamodb!.NewImage))
    return { sequenceNumber, events, problem: undefined }
  } catch (error) {
    return { sequenceNumber, events: [], problem: problemText(error) }
  }
}

interface Published {
  readonly eventIds: readonly string[]
  /** The changes that were not published, by sequence number. */
  readonly problems: readonly { readonly sequenceNumber: string; readonly problem: string }[]
}

/**
 * Publishes the events of changes; a rejected or malformed one does not stop the others.
 * @throws the error of a bus that is unavailable: no credentials, no permission, throttled
 */
export async function publishChanges(bus: EventBus, changes: readonly UnpublishedChange[]): Promise<Published> {
  const problems = changes.flatMap(({ sequenceNumber, problem }) =>
    problem === undefined ? [] : [{ sequenceNumber, problem }],
  )
  const pending = changes.flatMap(({ sequenceNumber, events }) => events.map((event) => ({ sequenceNumber, event })))
  const { published, rejected, unavailable } = await bus.publish(pending.map(({ event }) => event))
  if (unavailable) throw unavailable.error
  for (const { index, error } of rejected) {
    problems.push({ sequenceNumber: pending[index]!.sequenceNumber, problem: problemText(error) })
  }
  return { eventIds: published.map(({ metadata }) => metadata.id), problems }
}

export interface StoredObject {
  readonly key: string
  readonly storedAt: Date
}

/** Where records are stored: by the relay, and by Lambda. */
const storedPrefixes = [unpublishedPrefix, failurePrefix]

/** The bucket of unpublished events. */
export class UnpublishedBucket {
  readonly #s3: S3Client
  readonly #bucket: string

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3
    this.#bucket = bucket
  }

  /** The stored objects, the oldest first, so that events are published roughly in order. */
  async list(): Promise<StoredObject[]> {
    const objects = (await Promise.all(storedPrefixes.map((prefix) => this.#listBelow(prefix)))).flat()
    return objects.toSorted((a, b) => a.storedAt.getTime() - b.storedAt.getTime() || (a.key < b.key ? -1 : 1))
  }

  async #listBelow(Prefix: string): Promise<StoredObject[]> {
    const pages = paginateListObjectsV2({ client: this.#s3 }, { Bucket: this.#bucket, Prefix })
    const objects = await itemsIn(pages, ({ Contents }) => Contents)
    return objects.map(({ Key, LastModified }) => ({ key: Key!, storedAt: LastModified! }))
  }

  async read(Key: string): Promise<string> {
    const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key }))
    return await Body!.transformToString()
  }

  /** Copies before it deletes: an interruption can lead to a second publication, but not to a loss. */
  async markPublished(key: string): Promise<void> {
    const CopySource = `${this.#bucket}/${key.split('/').map(encodeURIComponent).join('/')}`
    await this.#s3.send(new CopyObjectCommand({ Bucket: this.#bucket, Key: `${republishedPrefix}${key}`, CopySource }))
    await this.#s3.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }))
  }
}
