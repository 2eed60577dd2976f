import { SQSClient } from '@aws-sdk/client-sqs'
import { tableLines } from '../table.ts'
import { deadLetterQueuesOf, withMessages, type DeadLetterQueue, type Sqs } from './dead-letter-queues.ts'
import type { Session } from './session.ts'
import { durationText } from './text.ts'

interface Row extends DeadLetterQueue {
  /** When the oldest of the received messages was first sent to a queue. */
  readonly oldestSentAt: string | undefined
  /** Whether all messages were received. */
  readonly oldestIsKnown: boolean
}

/** Prints the dead-letter queues of the deployment. */
export async function listQueues(session: Session): Promise<number> {
  const sqs = new SQSClient(session.deployment.clientConfiguration)
  session.say(session.place)
  const queues = await deadLetterQueuesOf(sqs, session.deployment.eventBusName)
  const rows = await Promise.all(queues.map((queue) => withAge(sqs, queue)))
  for (const line of table(rows, session.now())) session.print(line)
  return 0
}

const maxReceived = 10

async function withAge(sqs: Sqs, queue: DeadLetterQueue): Promise<Row> {
  if (queue.messages === 0) return { ...queue, oldestSentAt: undefined, oldestIsKnown: queue.hidden === 0 }
  const sent = await withMessages(sqs, queue.url, { limit: maxReceived, hiddenSeconds: 5 }, (messages) =>
    messages.map((message) => Number(message.Attributes?.['SentTimestamp'])),
  )
  return {
    ...queue,
    oldestSentAt: sent.length === 0 ? undefined : new Date(Math.min(...sent)).toISOString(),
    oldestIsKnown: queue.messages + queue.hidden <= sent.length,
  }
}

/** A heading, a line for each queue, and the next command. */
export function table(rows: readonly Row[], now: Date): string[] {
  if (rows.length === 0) return ['No dead-letter queue exists.']
  const full = rows.filter((row) => row.messages + row.hidden > 0)
  const cells = rows.map((row) => [countText(row), ageText(row, now), row.name, row.sources.join(', ') || 'no queue'])
  return [
    ...tableLines([['MESSAGES', 'OLDEST', 'QUEUE', 'CONSUMER'], ...cells], ['right']),
    '',
    full.length === 0 ? emptyText(rows.length) : `Show messages: npm run ops -- dlq show ${full[0]!.name}`,
  ]
}

const emptyText = (count: number): string => (count === 1 ? 'It is empty.' : `All ${count} are empty.`)

const countText = ({ messages, hidden }: Row): string => (hidden === 0 ? `${messages}` : `${messages}+${hidden}`)

function ageText({ oldestSentAt, oldestIsKnown }: Row, now: Date): string {
  if (oldestSentAt === undefined) return '-'
  return `${oldestIsKnown ? '' : '≥ '}${durationText(now.getTime() - Date.parse(oldestSentAt))}`
}
