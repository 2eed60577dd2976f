import { SQSClient, type Message } from '@aws-sdk/client-sqs'
import { deadLetterQueuesOf, queueNamed, withMessages } from './dead-letter-queues.ts'
import { linesOfView, viewOf } from './message-view.ts'
import { interrupted, type Session } from './session.ts'
import { counted } from './text.ts'

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
