import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { GetCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import type { Table } from '#shared/dynamodb/table.ts'
import { reservationKey } from '#services/inventory/keys.ts'
import { noticeKey } from '#services/notifications/keys.ts'
import { subscribedEvents } from '#services/notifications/notices.ts'
import { orderReader } from '#services/orders/adapters/order-table.ts'
import type { Order } from '#services/orders/domain/order.ts'
import { trailOf, type RecordedEvent } from '#services/orders/domain/trail.ts'
import type { OrderStatus } from '#services/orders/events.ts'
import { deadLetterQueuesOf, type DeadLetterQueue, type Sqs } from './dead-letter-queues.ts'
import { correlationIdPattern, linesOf, type LogLine } from '../log-lines.ts'

interface Sources {
  readonly table: Table
  readonly logs: CloudWatchLogsClient
  readonly sqs: Sqs
  readonly prefix: string
}

export interface Story {
  readonly order: Order
  readonly trail: readonly RecordedEvent[]
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
  status: z.enum(['sending', 'sent', 'simulated', 'refused', 'no-contact', 'declined', 'suppressed']),
  settledAt: z.string().optional(),
})

/** Reads everything stored about an order. @returns undefined when there is no such order */
export async function readStory(sources: Sources, orderId: string): Promise<Story | undefined> {
  const { table, prefix } = sources
  const order = await orderReader(table).find(orderId)
  if (!order) return undefined
  const trail = trailOf(order)
  const [reservation, queues] = await Promise.all([
    getItem(table, reservationKey(orderId)),
    deadLetterQueuesOf(sources.sqs, prefix),
  ])
  const correlationId = trail[0]?.correlationId
  const consumers = queues.flatMap((queue) => queue.sources).map((name) => name.slice(prefix.length + 1))
  const installed = consumers.some((name) => name.startsWith('payments-')) ? ['payments'] : []
  const [mails, lines] = await Promise.all([mailsOf(table, trail, installed), readLines(sources, correlationId, order)])
  const facts = {
    status: order.status,
    trail,
    reservation: reservation && Reservation.parse(reservation),
    mails,
    published: publishedIn(lines),
    consumers,
  }
  const waits = waitsOf(facts).map((wait) => ({ ...wait, ...deadLettersOf(wait, queues, prefix) }))
  return { order, trail, reservation: facts.reservation, mails, correlationId, lines, waits }
}

/** The messages of the consumer's dead-letter queue, where the event may be. */
function deadLettersOf({ consumer }: Wait, queues: readonly DeadLetterQueue[], prefix: string) {
  const queue = queues.find(({ sources }) => sources.includes(`${prefix}-${consumer}`))
  if (queue === undefined || queue.messages + queue.hidden === 0) return {}
  return { deadLetters: { name: queue.name, messages: queue.messages + queue.hidden } }
}

function mailsOf(table: Table, trail: readonly RecordedEvent[], installed: readonly string[]): Promise<Mail[]> {
  const noticedTypes = subscribedEvents({ installed, hasStaff: false }).map(({ type }) => type)
  const noticed = trail.filter(({ type }) => noticedTypes.includes(type))
  return Promise.all(
    noticed.map(async ({ id }) => {
      const item = await getItem(table, noticeKey(id))
      const notice = item && Notice.parse(item)
      return { eventId: id, status: notice?.status ?? ('none' as const), settledAt: notice?.settledAt }
    }),
  )
}

/** A malformed id cannot occur in the log. */
async function readLines({ logs, prefix }: Sources, id: string | undefined, { placedAt }: Order): Promise<LogLine[]> {
  if (id === undefined || !correlationIdPattern.test(id)) return []
  const minuteMs = 60_000
  return linesOf(logs, { prefix, correlationId: id, startTime: Date.parse(placedAt) - minuteMs })
}

async function getItem(table: Table, Key: Record<string, string>): Promise<Record<string, unknown> | undefined> {
  const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key, ConsistentRead: true }))
  return Item
}

/** The state of the email about an event, from its notice item. */
interface Mail {
  readonly eventId: string
  readonly status: 'none' | z.infer<typeof Notice>['status']
  readonly settledAt: string | undefined
}

export interface Facts {
  readonly status: OrderStatus
  readonly trail: readonly Pick<RecordedEvent, 'type' | 'id'>[]
  readonly reservation: { readonly status: string } | undefined
  /** One for each event of the trail that a customer gets email about. */
  readonly mails: readonly Mail[]
  /** Ids of the events that the relay has logged as published. Log lines expire. */
  readonly published: ReadonlySet<string>
  /** Names of the stage's consumers, without its prefix: `inventory-reserve-stock`. */
  readonly consumers: readonly string[]
}

/** What an order waits for. */
interface Wait {
  readonly for: string
  /** The responsible consumer. */
  readonly consumer?: string
}

/** The pending steps, the order's own status first; empty when the order is final with the services of the stage. */
export function waitsOf({ status, trail, reservation, mails, published, consumers }: Facts): Wait[] {
  const placed = trail.find(({ type }) => type === 'OrderPlaced')
  const next = nextStep(status, reservation, consumers)
  return [
    ...(next === undefined ? [] : [next]),
    ...(next !== undefined && placed !== undefined && status === 'PLACED' && !published.has(placed.id)
      ? [{ for: `the event relay to publish ${placed.id}, which is not in its log` }]
      : []),
    ...mails.filter(({ status: mail }) => mail === 'none' || mail === 'sending').map(mailWait),
  ]
}

function nextStep(
  status: OrderStatus,
  reservation: Facts['reservation'],
  consumers: readonly string[],
): Wait | undefined {
  switch (status) {
    case 'PLACED':
      return reservation === undefined
        ? { for: 'the stock to be reserved', consumer: 'inventory-reserve-stock' }
        : {
            for: `the order to apply the event of its ${reservation.status} reservation`,
            consumer: 'orders-apply-events',
          }
    // Without the subsequent service, this status is final.
    case 'RESERVED':
      return ofService('payments', 'the payment', consumers)
    case 'PAID':
      return ofService('shipping', 'the shipment', consumers)
    case 'SHIPPED':
      return { for: 'the carrier to deliver it' }
    case 'RETURN_REQUESTED':
      return { for: "staff's refund" }
    default:
      return undefined
  }
}

function ofService(service: string, what: string, consumers: readonly string[]): Wait | undefined {
  const consumer = consumers.find((name) => name.startsWith(`${service}-`))
  return consumer === undefined ? undefined : { for: what, consumer }
}

const mailWait = ({ eventId, status }: Mail): Wait => ({
  for: `the email about ${eventId}${status === 'sending' ? ', which was started and not confirmed' : ''}`,
  consumer: 'notifications-send-mail',
})

/** Ids of the events that the relay has logged as published. */
export function publishedIn(lines: readonly LogLine[]): Set<string> {
  const ids = lines.flatMap(({ message }) => {
    const line = JSON.parse(message) as { message?: string; event_id?: string; event_ids?: string[] }
    // Earlier lines are about one event each.
    return line.message?.endsWith(' published') ? (line.event_ids ?? line.event_id ?? []) : []
  })
  return new Set(ids)
}
