import { randomUUID } from 'node:crypto'
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { opsCommands } from '#scripts/commands/ops.ts'
import { eventually } from '#scripts/lib/api-client.ts'
import { command } from './command.ts'
import { line1, OperatedShop } from './operated-shop.ts'
import { applicationId } from '#shared/application.ts'

let shop: OperatedShop
beforeAll(async () => (shop = await OperatedShop.start()))
afterAll(() => shop.stop())

const stock = (sku: string, available: unknown) =>
  shop.table.send(
    new UpdateCommand({
      TableName: shop.system.deployment.tableName,
      Key: { PK: `STOCK#${sku}`, SK: 'STOCK' },
      UpdateExpression: 'SET available = :available',
      ExpressionAttributeValues: { ':available': available },
      ReturnValues: 'UPDATED_OLD',
    }),
  )

test('a message that a consumer failed to handle is listed, shown without being removed, and redriven after a fix', async () => {
  const sku = await shop.skuOf(0)
  const { Attributes: before } = await stock(sku, 'not a number')
  const { orderId, correlationId } = await shop.withQueue(
    'inventory-reserve-stock',
    { VisibilityTimeout: '1' },
    async () => {
      const placed = await shop.placeOrder(sku)
      await shop.inDeadLetterQueue('inventory-reserve-stock')
      return placed
    },
  )

  const rows = JSON.parse((await shop.ops('dlq', 'list', '--json')).output.replace(/^.*\n/, ''))
  expect(rows.filter(({ messages }: { messages: number }) => messages > 0)).toEqual([
    expect.objectContaining({
      name: `${applicationId}-dev-inventory-reserve-stock-dlq`,
      messages: 1,
      sources: [`${applicationId}-dev-inventory-reserve-stock`],
      oldestIsKnown: true,
    }),
  ])

  for (const time of ['first', 'second']) {
    const { code, output } = await shop.ops('dlq', 'show', 'inventory-reserve-stock')
    expect([time, code]).toEqual([time, 0])
    for (const part of [`OrderPlaced/${orderId}/1`, correlationId, 'the consumer of', 'has 1 message'])
      expect(output).toContain(part)
    expect(output).not.toContain('"detail"')
  }
  expect((await shop.ops('dlq', 'show', 'inventory-reserve-stock', '--full')).output).toContain('"detail"')

  const story = (await shop.ops('order', orderId)).output
  for (const part of [`${orderId} is PLACED`, 'OrderPlaced', 'the stock to be reserved, by inventory-reserve-stock'])
    expect(story).toContain(part)
  expect(story).toContain(`npm run ops -- dlq show ${applicationId}-dev-inventory-reserve-stock-dlq`)
  expect(story).not.toContain(line1)
  expect((await shop.ops('order', orderId, '--personal')).output).toContain(line1)

  const unconfirmed = await shop.ops('dlq', 'redrive', 'inventory-reserve-stock')
  expect(unconfirmed.code).toBe(2)
  expect(unconfirmed.output.trim().split('\n')).toEqual([expect.stringMatching(/^Nothing was done\. Add --yes/)])
  expect(await shop.attributeOf('inventory-reserve-stock-dlq', 'ApproximateNumberOfMessages')).toBe('1')

  await stock(sku, before!['available'])
  const redriven = await shop.ops('dlq', 'redrive', 'inventory-reserve-stock', '--yes')
  expect(redriven.output).toContain('1 of 1 moved')
  expect(redriven.code).toBe(0)
  await shop.ended(orderId)
  const again = await shop.ops('dlq', 'redrive', 'inventory-reserve-stock', '--yes')
  expect(again.output).toContain('has no messages to move')
  expect(again.code).toBe(0)
})

test('an event that the bus could not deliver is shown with the reason and can be moved by id', async () => {
  const consumer = 'orders-apply-events'
  const { orderId } = await shop.withQueue(consumer, { Policy: '' }, async () => {
    const placed = await shop.placeOrder(await shop.skuOf(1))
    await shop.inDeadLetterQueue(consumer)
    return placed
  })
  const { output } = await shop.ops('dlq', 'show', consumer)
  for (const part of [`StockReserved/${orderId}/1`, 'the bus could not deliver it: NO_PERMISSIONS'])
    expect(output).toContain(part)
  const [, messageId] = /message id +(\S+)/.exec(output)!

  const unknown = await shop.ops('dlq', 'redrive', consumer, '--message-id', randomUUID(), '--yes')
  expect(unknown.code).toBe(1)
  expect(unknown.output).toContain('0 messages moved')
  const moved = await shop.ops('dlq', 'redrive', consumer, '--message-id', messageId!, '--yes')
  expect(moved.code).toBe(0)
  await shop.ended(orderId)
  const again = await shop.ops('dlq', 'redrive', consumer, '--message-id', messageId!, '--yes')
  expect(again.output).toContain('has no messages')
})

test('a second redrive follows the running one, and after Ctrl-C the remaining messages stay in the queue', async () => {
  const [from, to] = ['orders-apply-events-dlq', 'inventory-reserve-stock-dlq']
  // At one message per second the redrive is still running when the commands below start, even on a slow machine.
  const messages = 600
  const QueueUrl = await shop.urlOf(from)
  for (let batch = 0; batch < messages / 10; batch += 1) {
    const Entries = Array.from({ length: 10 }, (_, index) => ({ Id: String(index), MessageBody: 'any' }))
    await shop.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  }
  const redrive = ['dlq', 'redrive', from, '--to', to, '--rate', '1', '--yes']
  const first = shop.started(...redrive)
  await first.printed('of 600 moved')
  const second = shop.started(...redrive)
  // The second follows the first for as long as that runs: without it, the line would never come.
  const firstEnded = first.ended.then((code) =>
    Promise.reject(new Error(`The first ended with ${code}:\n${first.output()}`)),
  )
  await Promise.race([second.printed('is already being redriven'), firstEnded])
  await Promise.race([second.printed('of 600 moved'), firstEnded])
  second.process.kill('SIGINT')
  expect(await Promise.all([first.ended, second.ended])).toEqual([130, 130])
  expect(second.output()).toContain('Cancelled.')
  const countOf = async (queue: string) => Number(await shop.attributeOf(queue, 'ApproximateNumberOfMessages'))
  // The task may move one more message between the two readings before it notices that it was cancelled.
  await eventually(
    'each message to be in one queue',
    async () => (await countOf(from)) + (await countOf(to)) === messages,
  )
  expect(await countOf(from)).toBeGreaterThan(0)
  const shown = JSON.parse(
    (await shop.ops('dlq', 'show', from, '--json', '--limit', '12')).output.replace(/^[^[]*/, ''),
  )
  expect(shown).toHaveLength(12)
})

const zone = '2026-11-21T13:00:00Z'

test.each<[string, string[], number, string | RegExp]>([
  ['an unknown command', ['dlq', 'empty'], 2, /^Unknown command 'empty'/],
  ['an unknown flag', ['dlq', 'list', '--all'], 2, /^Unknown option '--all'/],
  ['an excess argument', ['dlq', 'list', 'orders'], 2, /^Too many arguments/],
  ['no queue', ['dlq', 'show'], 2, /^Missing required argument 'queue'/],
  ['two queues', ['dlq', 'show', 'a', 'b'], 2, /^Too many arguments/],
  ['a limit that is not a number', ['dlq', 'show', 'a', '--limit', 'many'], 2, /a whole number from 1 to 1000/],
  ['a limit of 0', ['dlq', 'show', 'a', '--limit', '0'], 2, /a whole number from 1 to 1000/],
  ['a rate above the maximum of SQS', ['dlq', 'redrive', 'a', '--rate', '501'], 2, /a whole number from 1 to 500/],
  [
    'a rate for selected messages',
    ['dlq', 'redrive', 'a', '--rate', '5', '--message-id', 'm'],
    2,
    /^--rate applies to whole queues/,
  ],
  ['no start of a replay', ['replay', '--to', zone], 2, /^Required option '--from <time>'/],
  ['a time without a zone', ['replay', '--from', '2026-11-21T13:00', '--to', zone], 2, /a time with a time zone/],
  [
    'a day that does not exist',
    ['replay', '--from', '2026-02-31T25:00:00Z', '--to', zone],
    2,
    /a time with a time zone/,
  ],
  ['a value that is not a time', ['republish', '--since', 'yesterday'], 2, /a time with a time zone/],
  ['a malformed order id', ['order', '17'], 2, /^17 is not an order id/],
  ['a time in the future', ['replay', '--from', zone, '--to', '2999-01-01T00:00:00Z'], 2, /is in the future/],
  ['an unknown queue', ['dlq', 'show', 'nothing'], 1, `${applicationId}-dev-inventory-reserve-stock-dlq`],
  ['an unknown order', ['order', 'ord_00000000000000000000000000'], 1, 'does not exist'],
  ['an unknown object', ['republish', '--key', 'nothing'], 1, 'Available: none'],
])('%s: one clear line', async (_name, args, code, message) => {
  const result = await shop.ops(...args)
  expect([result.code, result.output.trim().split('\n')]).toEqual([code, [expect.stringMatching(message)]])
})

test.each([[[]], [['dlq']]])('a missing command prints the help, exit 2: %j', async (args) => {
  const started = command(process.execPath, ['scripts/commands/ops.ts', ...args])
  expect([await started.ended, started.output()]).toEqual([
    2,
    expect.stringMatching(/^Usage: npm run ops -- [^]*\n {2}dlq list /),
  ])
  expect(started.output()).toMatch(/\n\n[A-Z][^]*\.\n\nOptions:/)
})

test('npm run ops lists all commands, and --help of one describes it', async () => {
  const all = command('npm', ['run', '--silent', 'ops', '--', '--help'])
  expect(await all.ended).toBe(0)
  for (const { path } of opsCommands()) expect(all.output()).toContain(`\n  ${path} `)
  const one = await shop.ops('dlq', 'redrive', '--help')
  expect(one.code).toBe(0)
  expect(one.output).toContain('npm run ops -- dlq redrive [options] <queue>')
})
