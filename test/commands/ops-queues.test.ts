import { randomUUID } from 'node:crypto'
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { command } from './command.ts'
import { line1, OperatedShop } from './operated-shop.ts'

let shop: OperatedShop
beforeAll(async () => {
  shop = await OperatedShop.start()
})
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

test('what a consumer failed at is listed, shown without being taken, and redriven when the cause is mended', async () => {
  const sku = await shop.skuOf(0)
  const { Attributes: sound } = await stock(sku, 'not a number')
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
      name: 'cartwheel-dev-inventory-reserve-stock-dlq',
      messages: 1,
      sources: ['cartwheel-dev-inventory-reserve-stock'],
      oldestIsKnown: true,
    }),
  ])

  for (const time of ['first', 'second']) {
    const { code, output } = await shop.ops('dlq', 'show', 'inventory-reserve-stock')
    expect([time, code]).toEqual([time, 0])
    for (const part of [`OrderPlaced/${orderId}/1`, correlationId, 'the consumer of', 'holds 1 message'])
      expect(output).toContain(part)
    expect(output).not.toContain('"detail"')
  }
  expect((await shop.ops('dlq', 'show', 'inventory-reserve-stock', '--full')).output).toContain('"detail"')

  const story = (await shop.ops('order', orderId)).output
  for (const part of [`${orderId} is PLACED`, 'OrderPlaced', 'the stock to be decided, by inventory-reserve-stock'])
    expect(story).toContain(part)
  expect(story).toContain('npm run ops -- dlq show cartwheel-dev-inventory-reserve-stock-dlq')
  expect(story).not.toContain(line1)
  expect((await shop.ops('order', orderId, '--personal')).output).toContain(line1)

  const refused = await shop.ops('dlq', 'redrive', 'inventory-reserve-stock')
  expect(refused.code).toBe(1)
  expect(refused.output.trim().split('\n')).toEqual([expect.stringMatching(/^Nothing was done\. Add --yes/)])
  expect(await shop.attributeOf('inventory-reserve-stock-dlq', 'ApproximateNumberOfMessages')).toBe('1')

  await stock(sku, sound!['available'])
  const redriven = await shop.ops('dlq', 'redrive', 'inventory-reserve-stock', '--yes')
  expect(redriven.output).toContain('1 of 1 moved')
  expect(redriven.code).toBe(0)
  await shop.reserved(orderId)
  const again = await shop.ops('dlq', 'redrive', 'inventory-reserve-stock', '--yes')
  expect(again.output).toContain('holds nothing that could be moved')
  expect(again.code).toBe(0)
})

test('what the bus could not deliver is told with its reason, and goes to its consumer message by message', async () => {
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
  await shop.reserved(orderId)
  const again = await shop.ops('dlq', 'redrive', consumer, '--message-id', messageId!, '--yes')
  expect(again.output).toContain('holds nothing')
})

test('a redrive that runs is followed by whoever asks for it again, and Ctrl-C leaves the rest where it is', async () => {
  const [from, to] = ['catalog-link-images-dlq', 'thumbnails-make-thumbnails-dlq']
  // At one a second none of the commands below can come too late, however slow the machine is.
  const messages = 600
  const QueueUrl = await shop.urlOf(from)
  for (let batch = 0; batch < messages / 10; batch += 1) {
    const Entries = Array.from({ length: 10 }, (_, index) => ({ Id: String(index), MessageBody: 'of no use' }))
    await shop.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  }
  const redrive = ['dlq', 'redrive', from, '--to', to, '--rate', '1', '--yes']
  const first = shop.started(...redrive)
  await first.printed('of 600 moved')
  const second = shop.started(...redrive)
  await second.printed('is being redriven')
  await second.printed('of 600 moved')
  second.process.kill('SIGINT')
  expect(await Promise.all([first.ended, second.ended])).toEqual([130, 130])
  expect(second.output()).toContain('Cancelled.')
  const counts = await Promise.all([from, to].map((queue) => shop.attributeOf(queue, 'ApproximateNumberOfMessages')))
  expect(counts.map(Number).reduce((sum, count) => sum + count)).toBe(messages)
  expect(Number(counts[0])).toBeGreaterThan(0)
  const shown = JSON.parse(
    (await shop.ops('dlq', 'show', from, '--json', '--limit', '12')).output.replace(/^[^[]*/, ''),
  )
  expect(shown).toHaveLength(12)
})

test.each([
  ['a command that is none', ['dlq', 'empty'], 'There are: dlq list'],
  ['a queue that is none', ['dlq', 'show', 'nothing'], 'cartwheel-dev-inventory-reserve-stock-dlq'],
  ['an order that is none', ['order', 'ord_00000000000000000000000000'], 'There is no order'],
  [
    'a time to come',
    ['replay', '--from', '2026-11-21T13:00:00Z', '--to', '2999-01-01T00:00:00Z'],
    'lies in the future',
  ],
  ['an object that is none', ['republish', '--key', 'nothing'], 'There are: none'],
])('%s: one clear line, exit 1', async (_name, args, part) => {
  const { code, output } = await shop.ops(...args)
  expect(output.trim().split('\n')).toEqual([expect.stringContaining(part)])
  expect(code).toBe(1)
})

test('npm run ops tells what there is, and a command what it does', async () => {
  const all = command('npm', ['run', '--silent', 'ops', '--', '--help'])
  expect(await all.ended).toBe(0)
  for (const name of ['dlq list', 'dlq show', 'dlq redrive', 'replay', 'order', 'republish'])
    expect(all.output()).toContain(`\n  ${name} `)
  const one = await shop.ops('dlq', 'redrive', '--help')
  expect(one.code).toBe(0)
  expect(one.output).toContain('npm run ops -- dlq redrive QUEUE')
})
