import { SQSClient, type Message } from '@aws-sdk/client-sqs'
import { counted } from './counted.ts'
import { deadLetterQueuesOf, queueNamed } from './dead-letter-queues.ts'
import { linesOfView, viewOf } from './message-view.ts'
import { withMessages } from './peek-messages.ts'
import { interrupted, type Session } from './session.ts'
import { countOf, oneWord, subcommand } from './subcommand.ts'

interface Request {
  readonly queue: string
  readonly limit: number
  readonly full: boolean
  readonly json: boolean
}

export const dlqShow = subcommand({
  name: 'dlq show',
  usage: 'dlq show QUEUE [--limit N] [--full] [--json]',
  help: `
The messages of a dead-letter queue: which event it is, its correlation id, and why it is here: a consumer that failed,
or a bus that could not deliver. It only looks: messages are hidden for some seconds and put back. That it counts as a
receive does no harm, since a dead-letter queue has no limit of receives.

QUEUE may be written without the stage's prefix and without -dlq: orders-apply-events.

  --limit N          at most so many messages, 1 to 1000 (default 10)
  --full             the whole body too. It may hold personal data: keep it out of tickets and chats
  --json             the same as JSON`,
  options: {
    limit: { type: 'string', default: '10' },
    full: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  request: ({ limit, full, json }, words): Request => ({
    queue: oneWord(words, 'queue'),
    limit: countOf(limit, '--limit', 1000),
    full: full ?? false,
    json: json ?? false,
  }),
  run: showQueue,
})

async function showQueue(session: Session, request: Request): Promise<number> {
  const { deployment, signal } = session
  const sqs = new SQSClient(deployment.clientConfiguration)
  const queues = await deadLetterQueuesOf(sqs, deployment.eventBusName)
  const queue = queueNamed(queues, request.queue, deployment.eventBusName)
  session.say(session.place)
  session.say(`Looking at up to ${counted(request.limit, 'message')} of ${queue.name}; they stay there.`)
  if (request.full) session.say('The bodies may hold personal data: keep them out of tickets and chats.')
  const options = { limit: request.limit, hiddenSeconds: 30, signal }
  await withMessages(sqs, queue.url, options, (messages) => show(session, request, messages))
  if (signal.aborted) return interrupted
  const { messages, hidden } = queueNamed(await deadLetterQueuesOf(sqs, deployment.eventBusName), queue.name, '')
  if (!request.json) session.print(summary(queue.name, messages, hidden))
  return 0
}

function show(session: Session, { full, json }: Request, messages: readonly Message[]): void {
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
  const held = `${name} holds ${counted(messages, 'message')}${hidden === 0 ? '' : ` and ${hidden} that are hidden at the moment`}.`
  return `${held} When the cause is mended: npm run ops -- dlq redrive ${name}`
}
