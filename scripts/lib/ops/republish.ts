import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { S3Client } from '@aws-sdk/client-s3'
import { eventBridge } from '#services/event-relay/adapters/event-bridge.ts'
import type { EventBus } from '#services/event-relay/ports.ts'
import { UsageError } from '../deployment.ts'
import { counted } from './counted.ts'
import { publishChanges } from './publish-changes.ts'
import { failed, interrupted, type Session } from './session.ts'
import { noWords, subcommand, timeOf } from './subcommand.ts'
import { donePrefix, UnpublishedBucket, type Kept } from './unpublished-bucket.ts'
import { problemText, readUnpublished, type UnpublishedObject } from './unpublished-object.ts'

interface Request {
  readonly since: Date | undefined
  readonly key: string | undefined
  readonly dryRun: boolean
}

export const republish = subcommand({
  name: 'republish',
  usage: 'republish [--since TIME] [--key KEY] [--dry-run] [--yes]',
  help: `
Reads what Lambda kept of the table's stream when the event relay had failed at it for good, takes the stored events out
of it exactly as the relay does, and publishes them. An object goes to ${donePrefix} in the same bucket when the bus has
taken all of its events, so that a repeat finds only what is left. What cannot be published is told and kept. Consumers
know an event by its id for 35 days, so that one which was published after all changes nothing.

It tells the events and asks first; Ctrl-C ends it after the object at hand.

  --since TIME       only what was kept since then, like 2026-11-21T13:00:00Z
  --key KEY          only this object
  --dry-run          only tell what would be published
  --yes              do not ask`,
  options: { since: { type: 'string' }, key: { type: 'string' }, 'dry-run': { type: 'boolean' } },
  request: ({ since, key, 'dry-run': dryRun }, words): Request => {
    noWords(words)
    return { since: since === undefined ? undefined : timeOf(since, '--since'), key, dryRun: dryRun ?? false }
  },
  run: runRepublish,
})

interface Found extends Kept {
  /** Undefined: it is none that Lambda wrote. */
  readonly content: UnpublishedObject | undefined
  readonly problem: string | undefined
}

async function runRepublish(session: Session, request: Request): Promise<number> {
  const { unpublishedBucketName, eventBusName, clientConfiguration } = session.deployment
  if (!unpublishedBucketName) throw new UsageError('The outputs name no UnpublishedBucketName: deploy the stacks anew.')
  const s3 = new S3Client({ ...clientConfiguration, forcePathStyle: clientConfiguration.endpoint !== undefined })
  const bucket = new UnpublishedBucket(s3, unpublishedBucketName)
  const found = await find(bucket, request, session)
  if (session.signal.aborted) return interrupted
  if (found.length === 0) {
    session.print(`${unpublishedBucketName} keeps nothing${request.since ? ' since then' : ''} that is unpublished.`)
    return 0
  }
  const plan = planOf(found, { bucketName: unpublishedBucketName, busName: eventBusName, now: session.now() })
  if (request.dryRun) {
    session.say(session.place)
    for (const line of plan) session.print(line)
    session.print('Nothing was done, as --dry-run asks.')
    return 0
  }
  if (!(await session.confirm(plan))) return failed
  const events = new EventBridgeClient(clientConfiguration)
  return publishAll(found, { bucket, bus: eventBridge(events, eventBusName), session })
}

async function find(bucket: UnpublishedBucket, { since, key }: Request, { signal }: Session): Promise<Found[]> {
  const kept = await bucket.list()
  const chosen = kept.filter((object) => key === undefined || object.key === key)
  if (key !== undefined && chosen.length === 0) {
    const there = kept.map((object) => object.key).join(', ') || 'none'
    throw new UsageError(`There is no unpublished object ${key}. There are: ${there}.`)
  }
  const found: Found[] = []
  for (const object of chosen.filter(({ keptAt }) => since === undefined || keptAt >= since)) {
    if (signal.aborted) break
    found.push({ ...object, ...readObject(await bucket.read(object.key)) })
  }
  return found
}

function readObject(text: string): Pick<Found, 'content' | 'problem'> {
  try {
    return { content: readUnpublished(text), problem: undefined }
  } catch (error) {
    return { content: undefined, problem: problemText(error) }
  }
}

/** Consumers know the ids of events for so long. */
const knownDays = 35

function planOf(
  found: readonly Found[],
  { bucketName, busName, now }: { bucketName: string; busName: string; now: Date },
): string[] {
  const changes = found.flatMap(({ content }) => content?.changes ?? [])
  const forgotten = found.filter(({ keptAt }) => now.getTime() - keptAt.getTime() > knownDays * 86_400_000).length
  const count = changes.flatMap(({ events }) => events).length
  return [
    `Publish ${counted(count, 'event')} of ${counted(found.length, 'object')} in ${bucketName} on the bus ${busName}.`,
    ...found.flatMap((object) => [
      `  ${object.key}  (${object.content?.condition ?? object.problem})`,
      ...(object.content?.changes ?? []).flatMap(({ events, problem }) => [
        ...events.map(({ metadata }) => `    ${metadata.id}`),
        ...(problem === undefined ? [] : [`    cannot be published: ${problem}`]),
      ]),
    ]),
    ...(forgotten === 0
      ? []
      : [
          `${counted(forgotten, 'object')} older than ${knownDays} days: a consumer that had their events before would not know them.`,
        ]),
  ]
}

async function publishAll(
  found: readonly Found[],
  { bucket, bus, session }: { bucket: UnpublishedBucket; bus: EventBus; session: Session },
): Promise<number> {
  let publishedCount = 0
  let keptCount = 0
  for (const [index, { key, content, problem }] of found.entries()) {
    if (session.signal.aborted) {
      session.say(`Interrupted: ${counted(found.length - index, 'object')} left as they were.`)
      return interrupted
    }
    const { eventIds, problems } = content
      ? await publishChanges(bus, content.changes)
      : { eventIds: [], problems: [{ sequenceNumber: 'object', problem: problem! }] }
    publishedCount += eventIds.length
    if (problems.length === 0) await bucket.setAside(key)
    else keptCount += 1
    session.say(`${index + 1} of ${found.length}: ${eventIds.length} published of ${key}`)
    for (const each of problems)
      session.say(`  kept, since ${each.sequenceNumber} cannot be published: ${each.problem}`)
  }
  session.print(
    `${counted(publishedCount, 'event')} published${keptCount === 0 ? '.' : `; ${counted(keptCount, 'object')} kept.`}`,
  )
  return keptCount === 0 ? 0 : failed
}
