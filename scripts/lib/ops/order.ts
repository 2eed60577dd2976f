import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import { createDocumentClient } from '#shared/dynamodb/table.ts'
import { formatMoney } from '#shared/money.ts'
import { orderIdPattern } from '#services/orders/domain/order.ts'
import { CommandError, UsageError } from '../errors.ts'
import { readableLine } from '../log-lines.ts'
import { readStory, type Story } from './order-story.ts'
import type { Session } from './session.ts'
import { counted } from './text.ts'

export interface OrderRequest {
  readonly orderId: string
  /** Print the shipping address too. */
  readonly personal: boolean
}

/** Prints everything stored about an order, and what it waits for. */
export async function printOrder(session: Session, { orderId, personal }: OrderRequest): Promise<number> {
  if (!orderIdPattern.test(orderId)) throw new UsageError(`${orderId} is not an order id: ord_ and 26 characters.`)
  const { clientConfiguration, tableName, eventBusName } = session.deployment
  const story = await readStory(
    {
      table: { client: createDocumentClient(new DynamoDBClient(clientConfiguration)), name: tableName },
      logs: new CloudWatchLogsClient(clientConfiguration),
      sqs: new SQSClient(clientConfiguration),
      prefix: eventBusName,
    },
    orderId,
  )
  if (!story) throw new CommandError(`Order ${orderId} does not exist in ${session.place}.`)
  session.say(session.place)
  for (const line of linesOfStory(story, personal)) session.print(line)
  return 0
}

/** The report in sections. */
function linesOfStory(story: Story, personal: boolean): string[] {
  const { order: item, trail, reservation, mails, correlationId, lines } = story
  return [
    `${item.orderId} is ${item.status}${item.reason ? ` (${item.reason})` : ''}, version ${item.version}`,
    `  placed ${item.placedAt}, changed ${item.updatedAt}, ${item.orderType}, customer ${item.customerId}`,
    ...item.items.map(({ sku, quantity, lineTotal }) => `  ${quantity} × ${sku}  ${formatMoney(lineTotal)}`),
    `  total ${formatMoney(item.total)}, refunded ${formatMoney(item.refunded)}`,
    ...(personal ? [`  to ${Object.values(item.shippingAddress).join(', ')}`] : []),
    ...section(
      'Trail',
      trail.map(
        ({ type, source, time, actor }) =>
          `${time}  ${source.padEnd(14)}  ${type}${actor === undefined ? '' : ` (${actor})`}`,
      ),
    ),
    ...section('Reservation', reservation ? [`${reservation.status} at ${reservation.createdAt}`] : []),
    ...section(
      'Mails',
      mails.map(({ eventId, status, settledAt }) => `${eventId}  ${status}  ${settledAt ?? ''}`.trimEnd()),
    ),
    ...section(
      `Log of ${correlationId ?? 'no correlation id'}`,
      lines.map((line) => readableLine(line, lines[0]!.timestampMs)),
    ),
    ...section('Waits for', story.waits.flatMap(waitLines)),
  ]
}

const section = (title: string, lines: readonly string[]): string[] => [
  '',
  title,
  ...(lines.length === 0 ? ['  nothing'] : lines.map((line) => `  ${line}`)),
]

function waitLines({ for: what, consumer, deadLetters }: Story['waits'][number]): string[] {
  return [
    `${what}${consumer === undefined ? '' : `, by ${consumer}`}`,
    ...(deadLetters === undefined
      ? []
      : [
          `  ${counted(deadLetters.messages, 'message')} in its dead-letter queue: npm run ops -- dlq show ${deadLetters.name}`,
        ]),
  ]
}
