import { SQSClient, type Message } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { EventMetadata } from '#shared/events/envelope.ts'
import { deadLetterQueuesOf, nameOf, queueNamed, withMessages } from './dead-letter-queues.ts'
import { interrupted, type Session } from './session.ts'
import { counted, durationText } from './text.ts'

export interface ShowRequest {
  readonly queue: string
  readonly limit: number
  /** Print the bodies too. */
  readonly full: boolean
}

/** Prints messages of a dead-letter queue, which stay in it. */
export async function showQueue(session: Session, request: ShowRequest): Promise<number> {
  const { deployment, signal } = session
  const sqs = new SQSClient(deployment.clientConfiguration)
  const queues = await deadLetterQueuesOf(sqs, deployment.eventBusName)
  const queue = queueNamed(queues, request.queue, deployment.eventBusName)
  session.say(session.place)
  session.say(`Showing up to ${counted(request.limit, 'message')} of ${queue.name}; they stay in the queue.`)
  if (request.full) session.say('The bodies may contain personal data: keep them out of tickets and chats.')
  const options = { limit: request.limit, hiddenSeconds: 30, signal }
  await withMessages(sqs, queue.url, options, (messages) => show(session, request, messages))
  if (signal.aborted) return interrupted
  const { messages, hidden } = queueNamed(await deadLetterQueuesOf(sqs, deployment.eventBusName), queue.name, '')
  session.print(summary(queue.name, messages, hidden))
  return 0
}

function show(session: Session, { full }: ShowRequest, messages: readonly Message[]): void {
  for (const message of messages) {
    for (const line of linesOfMessage(message, session.now())) session.print(line)
    if (full) session.print(`  body         ${message.Body}`)
    session.print('')
  }
}

function summary(name: string, messages: number, hidden: number): string {
  if (messages + hidden === 0) return `${name} is empty.`
  const content = `${name} has ${counted(messages, 'message')}${hidden === 0 ? '' : ` and ${hidden} in flight`}.`
  return `${content} After the cause is fixed: npm run ops -- dlq redrive ${name}`
}

/** How EventBridge delivers an event to a queue; events of AWS services have no metadata of this app. */
const Delivered = z.object({
  id: z.string(),
  source: z.string(),
  'detail-type': z.string(),
  time: z.string(),
  detail: z.looseObject({ metadata: EventMetadata.optional().catch(undefined) }),
})

/** The lines that show a message, without its body, which may contain personal data. */
export function linesOfMessage(message: Message, now: Date): string[] {
  const { Attributes = {}, MessageId, Body } = message
  const sentAtMs = Number(Attributes.SentTimestamp)
  const sent = `${new Date(sentAtMs).toISOString()}, ${durationText(now.getTime() - sentAtMs)} ago`
  return [
    ...linesOfEvent(Body),
    `  message id   ${MessageId}`,
    `  sent         ${sent}; received ${Attributes.ApproximateReceiveCount} times from this queue`,
    `  reason       ${reasonOf(message)}`,
  ]
}

function linesOfEvent(body: string | undefined): string[] {
  const { success, data } = Delivered.safeParse(parseJson(body))
  if (!success) return ['not an event']
  const { 'detail-type': type, source, id, time, detail } = data
  const { id: eventId = id, correlationId } = detail.metadata ?? {}
  return [
    `${type} of ${source}`,
    `  event id     ${eventId}`,
    `  time         ${time}`,
    ...(correlationId === undefined
      ? []
      : [`  correlation  ${correlationId}  (npm run logs -- --correlation ${correlationId})`]),
  ]
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}

function reasonOf({ Attributes, MessageAttributes }: Message): string {
  const attribute = (name: string): string | undefined => MessageAttributes?.[name]?.StringValue
  const [errorCode, exhausted] = [attribute('ERROR_CODE'), attribute('EXHAUSTED_RETRY_CONDITION')]
  const [rule, target] = [attribute('RULE_ARN'), attribute('TARGET_ARN')]
  if (errorCode !== undefined)
    return [
      `the bus could not deliver it: ${errorCode}`,
      attribute('ERROR_MESSAGE'),
      exhausted && `dropped after ${attribute('RETRY_ATTEMPTS')} retries (${exhausted})`,
      rule && `rule ${nameOf(rule)}`,
      target && `target ${nameOf(target)}`,
    ]
      .filter(Boolean)
      .join(', ')
  const source = Attributes?.DeadLetterQueueSourceArn
  return source === undefined
    ? 'unknown: it was sent to this queue directly, or moved manually'
    : `the consumer of ${nameOf(source)} failed to handle it until the maximum receive count`
}
