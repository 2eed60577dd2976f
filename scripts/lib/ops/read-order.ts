import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { GetCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import type { Table } from '#shared/dynamodb/table.ts'
import type { StoredEvent } from '#shared/events/envelope.ts'
import { reservationKey } from '#services/inventory/keys.ts'
import { noticeKey } from '#services/notifications/keys.ts'
import { noticedEvents } from '#services/notifications/notices.ts'
import { orderReader } from '#services/orders/adapters/order-table.ts'
import type { Order } from '#services/orders/domain/order.ts'
import { correlationIdPattern, linesOf, type LogLine } from '../log-lines.ts'
import { deadLetterQueuesOf, type DeadLetterQueue, type Sqs } from './dead-letter-queues.ts'
import { publishedIn, waitsOf, type Mail, type Wait } from './order-story.ts'

export interface Sources {
  readonly table: Table
  readonly logs: CloudWatchLogsClient
  readonly sqs: Sqs
  readonly prefix: string
}

export interface Story {
  readonly order: Order
  readonly trail: readonly StoredEvent[]
  readonly reservation: z.infer<typeof Reservation> | undefined
  readonly mails: readonly Mail[]
  readonly correlationId: string | undefined
  readonly lines: readonly LogLine[]
  readonly waits: readonly (Wait & { readonly deadLetters?: Pick<DeadLetterQueue, 'name' | 'messages'> })[]
}

const Reservation = z.object({
  status: z.string(),
  version: z.int(),
  lines: z.array(z.object({ sku: z.string(), quantity: z.int() })),
  createdAt: z.string(),
})

const Notice = z.object({
  status: z.enum(['sending', 'sent', 'no-contact', 'declined']),
  settledAt: z.string().optional(),
})

/** Everything that is known of an order. @returns undefined when there is none of this id */
export async function readStory(sources: Sources, orderId: string): Promise<Story | undefined> {
  const { table, prefix } = sources
  const reader = orderReader(table)
  const order = await reader.find(orderId)
  if (!order) return undefined
  const [trail, reservation, queues] = await Promise.all([
    reader.trail(orderId),
    getItem(table, reservationKey(orderId)),
    deadLetterQueuesOf(sources.sqs, prefix),
  ])
  const correlationId = trail[0]?.metadata.correlationId
  const [mails, lines] = await Promise.all([mailsOf(table, trail), readLines(sources, correlationId, order)])
  const facts = {
    status: order.status,
    trail,
    reservation: reservation && Reservation.parse(reservation),
    mails,
    published: publishedIn(lines),
    consumers: queues.flatMap((queue) => queue.sources).map((name) => name.slice(prefix.length + 1)),
  }
  const waits = waitsOf(facts).map((wait) => ({ ...wait, ...deadLettersOf(wait, queues, prefix) }))
  return { order, trail, reservation: facts.reservation, mails, correlationId, lines, waits }
}

/** A dead-letter queue that holds something is where a consumer's work may have ended. */
function deadLettersOf({ consumer }: Wait, queues: readonly DeadLetterQueue[], prefix: string) {
  const queue = queues.find(({ sources }) => sources.includes(`${prefix}-${consumer}`))
  if (queue === undefined || queue.messages + queue.hidden === 0) return {}
  return { deadLetters: { name: queue.name, messages: queue.messages + queue.hidden } }
}

const noticedTypes = new Set<string>(noticedEvents.map(({ type }) => type))

function mailsOf(table: Table, trail: readonly StoredEvent[]): Promise<Mail[]> {
  const noticed = trail.filter(({ type }) => noticedTypes.has(type))
  return Promise.all(
    noticed.map(async ({ metadata: { id } }) => {
      const item = await getItem(table, noticeKey(id))
      const notice = item && Notice.parse(item)
      return { eventId: id, status: notice?.status ?? ('none' as const), settledAt: notice?.settledAt }
    }),
  )
}

/** An id that no filter could carry is no id that a function has logged. */
async function readLines({ logs, prefix }: Sources, id: string | undefined, { placedAt }: Order): Promise<LogLine[]> {
  if (id === undefined || !correlationIdPattern.test(id)) return []
  const minuteMs = 60_000
  return linesOf(logs, { prefix, id, startTime: Date.parse(placedAt) - minuteMs })
}

async function getItem(table: Table, Key: Record<string, string>): Promise<Record<string, unknown> | undefined> {
  const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key, ConsistentRead: true }))
  return Item
}
