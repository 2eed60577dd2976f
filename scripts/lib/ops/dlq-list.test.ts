import { table } from './dlq-list.ts'

const now = new Date('2026-11-21T13:00:00.000Z')
const row = (name: string, messages: number, fields: object = {}) => ({
  name,
  url: '',
  arn: '',
  messages,
  hidden: 0,
  sources: [name.replace('-dlq', '')],
  oldestSentAt: undefined,
  oldestIsKnown: true,
  ...fields,
})

test('queues are listed in columns, with the command for the first that has messages', () => {
  const oldestSentAt = '2026-11-21T10:30:00.000Z'
  expect(
    table(
      [
        row('shop-a-dlq', 0),
        row('shop-mails-dlq', 3, { oldestSentAt }),
        row('shop-c-dlq', 40, { hidden: 2, oldestSentAt, oldestIsKnown: false }),
        row('shop-alarms-dlq', 0, { sources: [] }),
      ],
      now,
    ),
  ).toEqual([
    'MESSAGES  OLDEST  QUEUE            CONSUMER',
    '       0  -       shop-a-dlq       shop-a',
    '       3  2 h     shop-mails-dlq   shop-mails',
    '    40+2  ≥ 2 h   shop-c-dlq       shop-c',
    '       0  -       shop-alarms-dlq  no queue',
    '',
    'Show messages: npm run ops -- dlq show shop-mails-dlq',
  ])
})

test('reports that all queues are empty, or that none exists', () => {
  expect(table([row('shop-a-dlq', 0)], now).at(-1)).toBe('It is empty.')
  expect(table([row('shop-a-dlq', 0), row('shop-b-dlq', 0)], now).at(-1)).toBe('All 2 are empty.')
  expect(table([], now)).toEqual(['No dead-letter queue exists.'])
})
