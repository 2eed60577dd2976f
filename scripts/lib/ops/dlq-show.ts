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
  readonly json: boolean
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
  if (!request.json) session.print(summary(queue.name, messages, hidden))
  return 0
}

function show(session: Session, { full, json }: ShowRequest, messages: readonly Message[]): void {
  if (json) {
    const shown = messages.map((message) => ({ ...viewOf(message), ...(full ? { body: message.Body } : {}) }))
    return session.print(JSON.stringify(shown, undefined, 2))
  }
  for (const message of messages) {
    for (const line of linesOfView(viewOf(message), session.now())) session.print(line)
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

/** A message of a dead-letter queue, without its body, which may contain personal data. */
interface MessageView {
  readonly messageId: string
  readonly sentAt: string
  readonly receiveCount: number
  readonly event?: {
    readonly type: string
    readonly source: string
    readonly id: string
    readonly time: string
    readonly correlationId?: string
  }
  readonly cause: Cause
}

type Cause =
  /** The consumer failed until the maximum receive count of its queue. */
  | { readonly kind: 'not-handled'; readonly queue: string }
  /** The bus could not deliver it to the consumer's queue. */
  | {
      readonly kind: 'not-delivered'
      readonly errorCode: string
      readonly errorMessage: string | undefined
      readonly rule: string | undefined
      readonly target: string | undefined
      readonly retries: string | undefined
      readonly exhausted: string | undefined
    }
  | { readonly kind: 'unknown' }

export function viewOf(message: Message): MessageView {
  const event = eventOf(message.Body)
  return {
    messageId: message.MessageId!,
    sentAt: new Date(Number(message.Attributes?.['SentTimestamp'])).toISOString(),
    receiveCount: Number(message.Attributes?.['ApproximateReceiveCount']),
    ...(event === undefined ? {} : { event }),
    cause: causeOf(message),
  }
}

function eventOf(body: string | undefined): MessageView['event'] {
  const parsed = Delivered.safeParse(parseJson(body))
  if (!parsed.success) return undefined
  const { 'detail-type': type, source, id, time, detail } = parsed.data
  const { metadata } = detail
  return {
    type,
    source,
    id: metadata?.id ?? id,
    time,
    ...(metadata === undefined ? {} : { correlationId: metadata.correlationId }),
  }
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}

function causeOf({ Attributes, MessageAttributes }: Message): Cause {
  const attribute = (name: string): string | undefined => MessageAttributes?.[name]?.StringValue
  const errorCode = attribute('ERROR_CODE')
  if (errorCode !== undefined) {
    return {
      kind: 'not-delivered',
      errorCode,
      errorMessage: attribute('ERROR_MESSAGE'),
      rule: attribute('RULE_ARN'),
      target: attribute('TARGET_ARN'),
      retries: attribute('RETRY_ATTEMPTS'),
      exhausted: attribute('EXHAUSTED_RETRY_CONDITION'),
    }
  }
  const source = Attributes?.DeadLetterQueueSourceArn
  return source === undefined ? { kind: 'unknown' } : { kind: 'not-handled', queue: nameOf(source) }
}

/** The lines that show a message. */
export function linesOfView({ messageId, sentAt, receiveCount, event, cause }: MessageView, now: Date): string[] {
  const ago = durationText(now.getTime() - Date.parse(sentAt))
  return [
    event === undefined ? 'not an event' : `${event.type} of ${event.source}`,
    ...(event === undefined ? [] : [`  event id     ${event.id}`, `  time         ${event.time}`]),
    ...(event?.correlationId === undefined
      ? []
      : [`  correlation  ${event.correlationId}  (npm run logs -- --correlation ${event.correlationId})`]),
    `  message id   ${messageId}`,
    `  sent         ${sentAt}, ${ago} ago; received ${receiveCount} times from this queue`,
    `  reason       ${causeText(cause)}`,
  ]
}

function causeText(cause: Cause): string {
  switch (cause.kind) {
    case 'not-handled':
      return `the consumer of ${cause.queue} failed to handle it until the maximum receive count`
    case 'not-delivered':
      return [
        `the bus could not deliver it: ${cause.errorCode}`,
        cause.errorMessage,
        cause.exhausted && `dropped after ${cause.retries} retries (${cause.exhausted})`,
        cause.rule && `rule ${nameOf(cause.rule)}`,
        cause.target && `target ${nameOf(cause.target)}`,
      ]
        .filter((part) => part !== undefined && part !== '')
        .join(', ')
    case 'unknown':
      return 'unknown: it was sent to this queue directly, or moved manually'
    default:
      return cause satisfies never
  }
}
