import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { UsageError } from '../deployment.ts'
import { counted } from './counted.ts'
import {
  deadLetterQueuesOf,
  nameOf,
  queueNamed,
  queueUrls,
  type DeadLetterQueue,
  type Sqs,
} from './dead-letter-queues.ts'
import { moveMessages } from './move-by-id.ts'
import { followTask, runningTask, startTask } from './move-task.ts'
import { failed, interrupted, type Session } from './session.ts'
import { countOf, oneWord, subcommand } from './subcommand.ts'

interface Request {
  readonly queue: string
  readonly to: string | undefined
  readonly messageIds: readonly string[]
  readonly messagesPerSecond: number | undefined
}

export const dlqRedrive = subcommand({
  name: 'dlq redrive',
  usage: 'dlq redrive QUEUE [--to QUEUE] [--message-id ID]… [--rate N] [--yes]',
  help: `
Moves the messages of a dead-letter queue back into the queue of its consumer, which tries them anew: do it when the
cause is mended. What the bus could not deliver goes there too, since its messages are the same events. Consumers know an
event by its id for 35 days, so that a message which was handled after all changes nothing the second time.

It asks first, shows how far it is, and Ctrl-C cancels it: the rest stays where it is. Run again while a redrive of this
queue runs, it follows that one; with nothing to move it says so and does nothing.

  --to QUEUE         another queue of the stage than the consumer's
  --message-id ID    only this message, as dlq show tells its id; may be repeated
  --rate N           at most N messages a second, 1 to 500 (default: as fast as SQS can)
  --yes              do not ask`,
  options: {
    to: { type: 'string' },
    'message-id': { type: 'string', multiple: true, default: [] },
    rate: { type: 'string' },
  },
  request: ({ to, rate, 'message-id': messageIds }, words): Request => {
    if (messageIds.length > 0 && rate !== undefined)
      throw new UsageError('--rate is for whole queues; chosen messages are moved one by one.')
    return {
      queue: oneWord(words, 'queue'),
      to,
      messageIds,
      messagesPerSecond: rate === undefined ? undefined : countOf(rate, '--rate', 500),
    }
  },
  run: redrive,
})

interface Destination {
  readonly name: string
  readonly url: string
}

async function redrive(session: Session, request: Request): Promise<number> {
  const { deployment, say } = session
  const sqs = new SQSClient(deployment.clientConfiguration)
  const queues = await deadLetterQueuesOf(sqs, deployment.eventBusName)
  const queue = queueNamed(queues, request.queue, deployment.eventBusName)
  const running = queue.sources.length === 0 ? undefined : await runningTask(sqs, queue.arn)
  if (running && request.messageIds.length === 0) {
    const to = running.DestinationArn === undefined ? '' : ` to ${nameOf(running.DestinationArn)}`
    say(session.place)
    say(`${queue.name} is being redriven${to} already: this follows it.`)
    return followTask(sqs, queue.arn, session)
  }
  if (queue.messages === 0) {
    say(
      `${queue.name} holds nothing that could be moved${queue.hidden > 0 ? ` now; ${counted(queue.hidden, 'message')} hidden for a while` : ''}.`,
    )
    return request.messageIds.length > 0 ? failed : 0
  }
  const destination = await destinationOf(sqs, queue, request.to, deployment.eventBusName)
  if (!(await session.confirm(planOf(queue, destination, request)))) return failed
  // SQS starts tasks for queues that are some queue's dead-letter queue; what rules alone fill is moved by hand.
  return request.messageIds.length > 0 || queue.sources.length === 0
    ? await byHand(sqs, queue, destination, request, session)
    : await byTask(sqs, queue, destination, request, session)
}

/** @throws UsageError when it is not clear where the messages belong */
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
  throw new UsageError(`${queue.name} is the dead-letter queue of ${whose}: say with --to where its messages belong.`)
}

function planOf(queue: DeadLetterQueue, destination: Destination, { messageIds }: Request): string[] {
  const what = messageIds.length > 0 ? `the messages ${messageIds.join(', ')}` : counted(queue.messages, 'message')
  return [
    `Move ${what} from ${queue.name} to ${destination.name}.`,
    'Its consumer tries them anew; an event that it has handled, it knows by its id for 35 days.',
  ]
}

async function byTask(
  sqs: Sqs,
  queue: DeadLetterQueue,
  destination: Destination,
  { messagesPerSecond }: Request,
  session: Session,
): Promise<number> {
  const destinationArn = await arnOf(sqs, destination.url)
  const started = await startTask(sqs, { sourceArn: queue.arn, destinationArn, messagesPerSecond })
  const code = await followTask(sqs, queue.arn, session, started)
  if (code === 0) session.print(`${queue.name} is redriven. Whether it helped: npm run ops -- dlq list`)
  return code
}

async function byHand(
  sqs: Sqs,
  queue: DeadLetterQueue,
  destination: Destination,
  { messageIds }: Request,
  session: Session,
): Promise<number> {
  const ids = messageIds.length > 0 ? new Set(messageIds) : undefined
  const moved = await moveMessages(sqs, { fromUrl: queue.url, toUrl: destination.url, ids }, session)
  session.print(`${counted(moved.length, 'message')} moved to ${destination.name}.`)
  if (session.signal.aborted) return interrupted
  const missing = messageIds.filter((id) => !moved.includes(id))
  if (missing.length === 0) return 0
  session.say(`${queue.name} does not hold ${missing.join(', ')}: moved before, or not visible at the moment.`)
  return failed
}

async function arnOf(sqs: Sqs, QueueUrl: string): Promise<string> {
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }))
  return Attributes!['QueueArn']!
}
