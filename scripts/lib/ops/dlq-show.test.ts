import type { Message } from '@aws-sdk/client-sqs'
import { linesOfMessage } from './dlq-show.ts'

const now = new Date('2026-11-21T15:00:00.000Z')
const metadata = {
  id: 'OrderPlaced/ord_1/1',
  version: 1,
  time: '2026-11-21T13:00:00.000Z',
  correlationId: 'c-1',
  causationId: 'r-1',
}
const event = (detail: object, source = 'orders.app') =>
  JSON.stringify({ id: 'bus-1', source, 'detail-type': 'OrderPlaced', time: '2026-11-21T13:00:00Z', detail })

const message = (fields: Partial<Message>): Message => ({
  MessageId: 'm-1',
  Body: event({ metadata, data: { address: '1 Main Street' } }),
  Attributes: { SentTimestamp: String(Date.parse('2026-11-21T12:00:00.000Z')), ApproximateReceiveCount: '2' },
  ...fields,
})
const text = (shown: Message) => linesOfMessage(shown, now).join('\n')

test('a message that a consumer failed to handle shows event, correlation and consumer, without its data', () => {
  const DeadLetterQueueSourceArn = 'arn:aws:sqs:us-east-1:000000000000:shop-inventory-reserve-stock'
  const shown = message({ Attributes: { ...message({}).Attributes, DeadLetterQueueSourceArn } })
  expect(linesOfMessage(shown, now)).toEqual([
    'OrderPlaced of orders.app',
    `  event id     ${metadata.id}`,
    '  time         2026-11-21T13:00:00Z',
    '  correlation  c-1  (npm run logs -- --correlation c-1)',
    '  message id   m-1',
    '  sent         2026-11-21T12:00:00.000Z, 3 h ago; received 2 times from this queue',
    '  reason       the consumer of shop-inventory-reserve-stock failed to handle it until the maximum receive count',
  ])
  expect(text(shown)).not.toContain('Main Street')
})

test('a message that the bus could not deliver shows the reason, the rule and the target', () => {
  const attributes = {
    ERROR_CODE: 'NO_PERMISSIONS',
    ERROR_MESSAGE: 'not allowed',
    RULE_ARN: 'arn:aws:events:us-east-1:000000000000:rule/shop/stock',
    TARGET_ARN: 'arn:aws:sqs:us-east-1:000000000000:shop-orders',
    EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
    RETRY_ATTEMPTS: '100',
  }
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  )
  expect(text(message({ MessageAttributes }))).toContain(
    'the bus could not deliver it: NO_PERMISSIONS, not allowed, dropped after 100 retries (MaximumRetryAttempts), rule stock, target shop-orders',
  )
})

test('an event of an AWS service has the id that the bus set', () => {
  const shown = text(message({ Body: event({ object: { key: 'incoming/1' } }, 'aws.s3') }))
  expect(shown).toContain('OrderPlaced of aws.s3\n  event id     bus-1\n')
  expect(shown).toContain('reason       unknown')
})

test.each(['no JSON', '{"poison":1}', '"text"', undefined])(
  'a message with the body %p, which is not an event, is shown as well',
  (Body) => {
    expect(text(message({ Body }))).toMatch(/^not an event\n {2}message id {3}m-1/)
  },
)
