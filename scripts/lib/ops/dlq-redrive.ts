import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { CommandError, UsageError } from '../errors.ts'
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
  /** Empty: all messages. */
  readonly messageIds: readonly string[]
  readonly messagesPerSecond: number | undefined
}

interface Destination {
  readonly name: string
  readonly url: string
}

/** Moves messages of a dead-letter queue to the queue of its consumer. */
export async function redrive(session: Session, request: RedriveRequest): Promise<number> {
  if (request.messageIds.length > 0 && request.messagesPerSecond !== undefined)
    throw new UsageError('--rate applies to whole queues; messages selected by id are moved one by one.')
  const { deployment, say } = session
  const sqs = new SQSClient(deployment.clientConfiguration)
  const queues = await deadLetterQueuesOf(sqs, deployment.eventBusName)
  const queue = queueNamed(queues, request.queue, deployment.eventBusName)
  const destination = await destinationOf(sqs, queue, deployment.eventBusName)
  const running = request.messageIds.length === 0 ? await runningTask(sqs, queue.arn) : undefined
  if (running) {
    say(session.place)
    // Another program may have started it, to another queue.
    say(
      `${queue.name} is already being redriven to ${nameOf(running.DestinationArn ?? destination.url)}; following it.`,
    )
    return followTask(sqs, queue.arn, session)
  }
  if (queue.messages === 0) {
    say(
      `${queue.name} has no messages to move${queue.hidden > 0 ? ` now; ${counted(queue.hidden, 'message')} in flight` : ''}.`,
    )
    return request.messageIds.length > 0 ? failed : 0
  }
  if (!(await session.confirm(planOf(queue, destination, request)))) return failed
  return request.messageIds.length > 0
    ? await moveOneByOne(sqs, queue, destination, request, session)
    : await moveAll(sqs, queue, destination, request, session)
}

/** @throws CommandError when the dead-letter queue does not belong to exactly one queue */
async function destinationOf(sqs: Sqs, queue: DeadLetterQueue, prefix: string): Promise<Destination> {
  const [name, ...others] = queue.sources
  const url = name && (await queueUrls(sqs, `${prefix}-`)).find((each) => nameOf(each) === name)
  if (url && others.length === 0) return { name, url }
  const whose = queue.sources.join(' and ') || 'no queue'
  throw new CommandError(`${queue.name} is the dead-letter queue of ${whose}, so its messages are not redriven.`)
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
  const ids = new Set(messageIds)
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
