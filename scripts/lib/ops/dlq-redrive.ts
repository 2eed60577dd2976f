import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { UsageError } from '../errors.ts'
import {
  deadLetterQueuesOf,
  nameOf,
  queueNamed,
  queueUrls,
  type DeadLetterQueue,
  type Sqs,
} from './dead-letter-queues.ts'
import { followTask, moveMessages, runningTask, startTask } from './move-messages.ts'
import { failed, interrupted, type Session } from './session.ts'
import { counted } from './text.ts'

export interface RedriveRequest {
  readonly queue: string
  /** Name of the destination; undefined: the queue of its consumer. */
  readonly to: string | undefined
  /** Empty: all messages. */
  readonly messageIds: readonly string[]
  readonly messagesPerSecond: number | undefined
}

interface Destination {
  readonly name: string
  readonly url: string
}

/** Moves messages of a dead-letter queue to the queue of its consumer, or to another queue. */
export async function redrive(session: Session, request: RedriveRequest): Promise<number> {
  if (request.messageIds.length > 0 && request.messagesPerSecond !== undefined)
    throw new UsageError('--rate applies to whole queues; messages selected by id are moved one by one.')
  const { deployment, say } = session
  const sqs = new SQSClient(deployment.clientConfiguration)
  const queues = await deadLetterQueuesOf(sqs, deployment.eventBusName)
  const queue = queueNamed(queues, request.queue, deployment.eventBusName)
  const running = queue.sources.length === 0 ? undefined : await runningTask(sqs, queue.arn)
  if (running && request.messageIds.length === 0) {
    const to = running.DestinationArn === undefined ? '' : ` to ${nameOf(running.DestinationArn)}`
    say(session.place)
    say(`${queue.name} is already being redriven${to}; following it.`)
    return followTask(sqs, queue.arn, session)
  }
  if (queue.messages === 0) {
    say(
      `${queue.name} has no messages to move${queue.hidden > 0 ? ` now; ${counted(queue.hidden, 'message')} in flight` : ''}.`,
    )
    return request.messageIds.length > 0 ? failed : 0
  }
  const destination = await destinationOf(sqs, queue, request.to, deployment.eventBusName)
  if (!(await session.confirm(planOf(queue, destination, request)))) return failed
  // SQS redrives only the dead-letter queue of another queue, not one that only rules use.
  return request.messageIds.length > 0 || queue.sources.length === 0
    ? await moveOneByOne(sqs, queue, destination, request, session)
    : await moveAll(sqs, queue, destination, request, session)
}

/** @throws UsageError when the dead-letter queue does not belong to exactly one queue and `--to` is not set */
async function destinationOf(
  sqs: Sqs,
  queue: DeadLetterQueue,
  to: string | undefined,
  prefix: string,
): Promise<Destination> {
  const urls = await queueUrls(sqs, `${prefix}-`)
  const candidates = urls.map((url) => ({ url, name: nameOf(url) })).filter(({ name }) => name !== queue.name)
  if (to !== undefined) return queueNamed(candidates, to, prefix)
  const [source] = queue.sources
  if (source !== undefined && queue.sources.length === 1) return queueNamed(candidates, source, prefix)
  const whose = queue.sources.length === 0 ? 'no queue' : queue.sources.join(' and ')
  throw new UsageError(`${queue.name} is the dead-letter queue of ${whose}: specify a destination with --to.`)
}

function planOf(queue: DeadLetterQueue, destination: Destination, { messageIds }: RedriveRequest): string[] {
  const what = messageIds.length > 0 ? `the messages ${messageIds.join(', ')}` : counted(queue.messages, 'message')
  return [
    `Move ${what} from ${queue.name} to ${destination.name}.`,
    'Its consumer retries them. It stores the ids of handled events for at least 35 days and ignores duplicates.',
  ]
}

async function moveAll(
  sqs: Sqs,
  queue: DeadLetterQueue,
  destination: Destination,
  { messagesPerSecond }: RedriveRequest,
  session: Session,
): Promise<number> {
  const destinationArn = await arnOf(sqs, destination.url)
  const started = await startTask(sqs, { sourceArn: queue.arn, destinationArn, messagesPerSecond })
  const code = await followTask(sqs, queue.arn, session, started)
  if (code === 0) session.print(`${queue.name} is redriven. Check the result: npm run ops -- dlq list`)
  return code
}

async function moveOneByOne(
  sqs: Sqs,
  queue: DeadLetterQueue,
  destination: Destination,
  { messageIds }: RedriveRequest,
  session: Session,
): Promise<number> {
  const ids = messageIds.length > 0 ? new Set(messageIds) : undefined
  const moved = await moveMessages(sqs, { fromUrl: queue.url, toUrl: destination.url, ids }, session)
  session.print(`${counted(moved.length, 'message')} moved to ${destination.name}.`)
  if (session.signal.aborted) return interrupted
  const missing = messageIds.filter((id) => !moved.includes(id))
  if (missing.length === 0) return 0
  session.say(`${queue.name} does not contain ${missing.join(', ')}: already moved, or in flight.`)
  return failed
}

async function arnOf(sqs: Sqs, QueueUrl: string): Promise<string> {
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }))
  return Attributes!['QueueArn']!
}
