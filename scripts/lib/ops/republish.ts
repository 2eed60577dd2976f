import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { S3Client } from '@aws-sdk/client-s3'
import { eventBridge } from '#services/event-relay/adapters/event-bridge.ts'
import { problemText } from '#services/event-relay/domain/problem-text.ts'
import type { EventBus } from '#services/event-relay/ports.ts'
import { dayMs, recognizedDays } from '#shared/days.ts'
import { CommandError } from '../errors.ts'
import { failed, interrupted, type Session } from './session.ts'
import { counted } from './text.ts'
import {
  publishChanges,
  readUnpublished,
  UnpublishedBucket,
  type StoredObject,
  type UnpublishedObject,
} from './unpublished-events.ts'

interface Found extends StoredObject {
  /** Undefined when neither the relay nor Lambda wrote it. */
  readonly content: UnpublishedObject | undefined
  readonly problem: string | undefined
}

export async function republish(session: Session, { dryRun }: { dryRun: boolean }): Promise<number> {
  const { unpublishedBucketName, eventBusName, clientConfiguration } = session.deployment
  if (!unpublishedBucketName)
    throw new CommandError('The outputs have no UnpublishedBucketName: deploy the stacks again.')
  const s3 = new S3Client({ ...clientConfiguration, forcePathStyle: clientConfiguration.endpoint !== undefined })
  const bucket = new UnpublishedBucket(s3, unpublishedBucketName)
  const found = await find(bucket, session)
  if (session.signal.aborted) return interrupted
  if (found.length === 0) {
    session.print(`${unpublishedBucketName} has no unpublished events.`)
    return 0
  }
  const plan = planOf(found, { bucketName: unpublishedBucketName, busName: eventBusName, now: session.now() })
  if (dryRun) {
    session.say(session.place)
    for (const line of plan) session.print(line)
    session.print('Nothing was published, because of --dry-run.')
    return 0
  }
  if (!(await session.confirm(plan))) return failed
  const events = new EventBridgeClient(clientConfiguration)
  return publishAll(found, { bucket, bus: eventBridge(events, eventBusName), session })
}

async function find(bucket: UnpublishedBucket, { signal }: Session): Promise<Found[]> {
  const found: Found[] = []
  for (const object of await bucket.list()) {
    if (signal.aborted) break
    found.push({ ...object, ...readObject(object.key, await bucket.read(object.key)) })
  }
  return found
}

function readObject(key: string, text: string): Pick<Found, 'content' | 'problem'> {
  try {
    return { content: readUnpublished(key, text), problem: undefined }
  } catch (error) {
    return { content: undefined, problem: problemText(error) }
  }
}

function planOf(
  found: readonly Found[],
  { bucketName, busName, now }: { bucketName: string; busName: string; now: Date },
): string[] {
  const changes = found.flatMap(({ content }) => content?.changes ?? [])
  const expired = found.filter(({ storedAt }) => now.getTime() - storedAt.getTime() > recognizedDays * dayMs).length
  const count = changes.flatMap(({ events }) => events).length
  return [
    `Publish ${counted(count, 'event')} of ${counted(found.length, 'object')} in ${bucketName} on the bus ${busName}.`,
    ...found.flatMap((object) => [
      `  ${object.key}  (${object.content?.reason ?? object.problem})`,
      ...(object.content?.changes ?? []).flatMap(({ events, problem }) => [
        ...events.map(({ metadata }) => `    ${metadata.id}`),
        ...(problem === undefined ? [] : [`    cannot be published: ${problem}`]),
      ]),
    ]),
    ...(expired === 0
      ? []
      : [
          `${counted(expired, 'object')} older than ${recognizedDays} days: consumers that have already handled their events would handle them again.`,
        ]),
  ]
}

async function publishAll(
  found: readonly Found[],
  { bucket, bus, session }: { bucket: UnpublishedBucket; bus: EventBus; session: Session },
): Promise<number> {
  let publishedCount = 0
  let failedCount = 0
  for (const [index, { key, content, problem }] of found.entries()) {
    if (session.signal.aborted) {
      session.say(`Interrupted: ${counted(found.length - index, 'object')} left unchanged.`)
      return interrupted
    }
    const { eventIds, problems } = content
      ? await publishChanges(bus, content.changes)
      : { eventIds: [], problems: [{ sequenceNumber: 'object', problem: problem! }] }
    publishedCount += eventIds.length
    if (problems.length === 0) await bucket.markPublished(key)
    else failedCount += 1
    session.say(`${index + 1} of ${found.length}: ${eventIds.length} published of ${key}`)
    for (const each of problems)
      session.say(`  not removed, since ${each.sequenceNumber} cannot be published: ${each.problem}`)
  }
  session.print(
    `${counted(publishedCount, 'event')} published${failedCount === 0 ? '.' : `; ${counted(failedCount, 'object')} not removed.`}`,
  )
  return failedCount === 0 ? 0 : failed
}
