import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'
import { createDocumentClient } from '#shared/dynamodb/table.ts'
import { formatMoney } from '#shared/money.ts'
import { orderIdPattern } from '#services/orders/domain/order.ts'
import { UsageError } from '../deployment.ts'
import { readableLine } from '../log-lines.ts'
import { counted } from './counted.ts'
import { readStory, type Story } from './read-order.ts'
import type { Session } from './session.ts'
import { oneWord, subcommand } from './subcommand.ts'

interface Request {
  readonly orderId: string
  readonly personal: boolean
  readonly json: boolean
}

export const order = subcommand({
  name: 'order',
  usage: 'order ID [--personal] [--json]',
  help: `
Everything that is known of one order: how it stands, the events of its trail, its reservation, the mails about it, what
every function logged under its correlation id, and what it is waiting for. It only looks. Its address is left out.

  --personal         the shipping address too. Keep it out of tickets and chats
  --json             the same as JSON`,
  looksOnly: true,
  options: { personal: { type: 'boolean' }, json: { type: 'boolean' } },
  request: ({ personal, json }, words): Request => {
    const orderId = oneWord(words, 'order')
    if (!orderIdPattern.test(orderId)) throw new UsageError(`${orderId} is no order's id: ord_ and 26 characters.`)
    return { orderId, personal: personal ?? false, json: json ?? false }
  },
  run: tellOrder,
})

async function tellOrder(session: Session, { orderId, personal, json }: Request): Promise<number> {
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
  if (!story) throw new UsageError(`There is no order ${orderId} in ${session.place}.`)
  session.say(session.place)
  if (json) session.print(JSON.stringify(asJson(story, personal), undefined, 2))
  else for (const line of linesOfStory(story, personal)) session.print(line)
  return 0
}

function asJson(story: Story, personal: boolean): object {
  const { shippingAddress, ...withoutAddress } = story.order
  return {
    ...story,
    order: personal ? { ...withoutAddress, shippingAddress } : withoutAddress,
    lines: story.lines.map(({ group, message }) => ({ group, ...(JSON.parse(message) as object) })),
  }
}

/** What a person reads, part after part. */
function linesOfStory(story: Story, personal: boolean): string[] {
  const { order: item, trail, reservation, mails, correlationId, lines } = story
  return [
    `${item.orderId} is ${item.status}${item.reason ? ` (${item.reason})` : ''}, version ${item.version}`,
    `  placed ${item.placedAt}, changed ${item.updatedAt}, ${item.orderType}, customer ${item.customerId}`,
    ...item.items.map(({ sku, quantity, lineTotal }) => `  ${quantity} × ${sku}  ${formatMoney(lineTotal)}`),
    `  total ${formatMoney(item.total)}, refunded ${formatMoney(item.refunded)}`,
    ...(personal ? [`  to ${Object.values(item.shippingAddress).join(', ')}`] : []),
    ...part(
      'Trail',
      trail.map(({ type, source, metadata }) => `${metadata.time}  ${source.padEnd(14)}  ${type}`),
    ),
    ...part('Reservation', reservation ? [`${reservation.status} at ${reservation.createdAt}`] : []),
    ...part(
      'Mails',
      mails.map(({ eventId, status, settledAt }) => `${eventId}  ${status}  ${settledAt ?? ''}`.trimEnd()),
    ),
    ...part(
      `Log of ${correlationId ?? 'no correlation id'}`,
      lines.map((line) => readableLine(line, lines[0]!.timestampMs)),
    ),
    ...part('Waits for', story.waits.flatMap(waitLines)),
  ]
}

const part = (title: string, lines: readonly string[]): string[] => [
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
