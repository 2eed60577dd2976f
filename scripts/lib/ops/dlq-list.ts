import { SQSClient } from '@aws-sdk/client-sqs'
import { deadLetterQueuesOf, type DeadLetterQueue, type Sqs } from './dead-letter-queues.ts'
import { durationText } from './duration-text.ts'
import { withMessages } from './peek-messages.ts'
import type { Session } from './session.ts'
import { noWords, subcommand } from './subcommand.ts'

export const dlqList = subcommand({
  name: 'dlq list',
  usage: 'dlq list [--json]',
  help: `
Every dead-letter queue of the stage: how many messages it holds, how old the oldest of those looked at is (ten of each
queue; "≥" when it holds more), and which consumer they failed at. It only looks.

  --json             the same as JSON`,
  looksOnly: true,
  options: { json: { type: 'boolean' } },
  request: ({ json }, words) => {
    noWords(words)
    return { json: json ?? false }
  },
  run: listQueues,
})

interface Row extends DeadLetterQueue {
  /** When the oldest of the messages looked at was sent; of its first sending, before any consumer failed at it. */
  readonly oldestSentAt: string | undefined
  /** Whether all were looked at. */
  readonly oldestIsKnown: boolean
}

async function listQueues(session: Session, { json }: { json: boolean }): Promise<number> {
  const sqs = new SQSClient(session.deployment.clientConfiguration)
  session.say(session.place)
  const queues = await deadLetterQueuesOf(sqs, session.deployment.eventBusName)
  const rows = await Promise.all(queues.map((queue) => withAge(sqs, queue)))
  if (json) session.print(JSON.stringify(rows, undefined, 2))
  else for (const line of table(rows, session.now())) session.print(line)
  return 0
}

const lookedAt = 10

async function withAge(sqs: Sqs, queue: DeadLetterQueue): Promise<Row> {
  if (queue.messages === 0) return { ...queue, oldestSentAt: undefined, oldestIsKnown: queue.hidden === 0 }
  const sent = await withMessages(sqs, queue.url, { limit: lookedAt, hiddenSeconds: 5 }, (messages) =>
    messages.map((message) => Number(message.Attributes?.['SentTimestamp'])),
  )
  return {
    ...queue,
    oldestSentAt: sent.length === 0 ? undefined : new Date(Math.min(...sent)).toISOString(),
    oldestIsKnown: queue.messages + queue.hidden <= sent.length,
  }
}

/** A heading, a line for each queue, and what to do next. */
export function table(rows: readonly Row[], now: Date): string[] {
  if (rows.length === 0) return ['There is no dead-letter queue.']
  const width = Math.max(...rows.map(({ name }) => name.length))
  const line = (messages: string, oldest: string, name: string, consumer: string) =>
    `${messages.padStart(8)}  ${oldest.padEnd(8)}  ${name.padEnd(width)}  ${consumer}`.trimEnd()
  const full = rows.filter((row) => row.messages + row.hidden > 0)
  return [
    line('MESSAGES', 'OLDEST', 'QUEUE', 'CONSUMER'),
    ...rows.map((row) => line(countText(row), ageText(row, now), row.name, row.sources.join(', ') || 'no queue')),
    '',
    full.length === 0 ? `All ${rows.length} are empty.` : `Look inside: npm run ops -- dlq show ${full[0]!.name}`,
  ]
}

const countText = ({ messages, hidden }: Row): string => (hidden === 0 ? `${messages}` : `${messages}+${hidden}`)

function ageText({ oldestSentAt, oldestIsKnown }: Row, now: Date): string {
  if (oldestSentAt === undefined) return '-'
  return `${oldestIsKnown ? '' : '≥ '}${durationText(now.getTime() - Date.parse(oldestSentAt))}`
}
