import { randomUUID } from 'node:crypto'
import { DescribeReplayCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs'
import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { opsCommands } from '#scripts/commands/ops.ts'
import { callApi, eventually } from '#scripts/lib/api-client.ts'
import { command } from './command.ts'
import { line1, OperatedShop } from './operated-shop.ts'
import { applicationId } from '#shared/application.ts'

let shop: OperatedShop
let s3: S3Client
let bus: EventBridgeClient

beforeAll(async () => {
  shop = await OperatedShop.start()
  const { clientConfiguration } = shop.system.deployment
  s3 = new S3Client({ ...clientConfiguration, forcePathStyle: true })
  bus = new EventBridgeClient(clientConfiguration)
})

afterAll(async () => {
  s3.destroy()
  bus.destroy()
  await shop.stop()
})

test('a replay reaches only the specified consumer, and repeating it starts no second replay', async () => {
  const from = new Date(Date.now() - 1000).toISOString()
  const { orderId } = await shop.placeOrder(await shop.skuOf(2))
  await shop.ended(orderId)
  await shop.mailed(orderId, 1)
  await shop.handled('notifications-send-mail')
  const eventId = `OrderPaymentFailed/${orderId}/3`
  // Without its delivery record the consumer handles the event again.
  const Key = { PK: `NOTICE#${eventId}`, SK: 'NOTICE' }
  await shop.table.send(new DeleteCommand({ TableName: shop.system.deployment.tableName, Key }))
  const waiting = (await shop.ops('order', orderId)).output
  expect(waiting).toContain(`the email about ${eventId}, by notifications-send-mail`)

  const to = new Date().toISOString()
  const replay = (...more: string[]) =>
    shop.ops('replay', '--from', from, '--to', to, '--rule', 'notifications-send-mail', '--yes', ...more)
  const first = await replay()
  expect(first.output).toContain('has completed')
  const ReplayName = /^(\S+) has completed/m.exec(first.output)![1]!
  const { Destination } = await bus.send(new DescribeReplayCommand({ ReplayName }))
  expect(Destination!.FilterArns!.length).toBeGreaterThan(0)
  expect(Destination!.FilterArns!.filter((arn) => !/send-mail/.test(arn))).toEqual([])
  expect(first.code).toBe(0)
  await shop.mailed(orderId, 2)
  await shop.handled('notifications-send-mail')

  const second = await replay()
  expect(second.output).toContain('--again replays it again')
  expect(second.code).toBe(0)
  expect((await replay('--again')).code).toBe(0)
  await shop.handled('notifications-send-mail')
  const { output } = await shop.ops('order', orderId)
  expect(output.trim().endsWith('Waits for\n  nothing')).toBe(true)
  expect(output).toContain(`${eventId}  sent`)
  expect(await shop.mailsAbout(orderId)).toHaveLength(2)
})

test('an event that the relay cannot publish is stored, and republished once after a fix, as what Lambda stored is', async () => {
  const { orderId } = await shop.placeOrder(await shop.skuOf(3))
  await shop.ended(orderId)
  await shop.mailed(orderId, 1)
  const { body } = await callApi(shop.system.deployment, 'GET', `/orders/${orderId}/events`, { token: shop.token })
  const published = body.items.find(({ type }) => type === 'OrderPaymentFailed')!
  const event = {
    source: published.source,
    type: published.type,
    metadata: { version: 1, time: published.time },
    data: published.data,
  }
  await shop.table.send(
    new PutCommand({
      TableName: shop.system.deployment.tableName,
      Item: { PK: `OPERATED#${orderId}`, SK: 'POISON', events: [event], eventId: 'poison' },
    }),
  )
  const Bucket = shop.system.deployment.unpublishedBucketName!
  const keysBelow = async (Prefix: string) =>
    ((await s3.send(new ListObjectsV2Command({ Bucket, Prefix }))).Contents ?? []).map(({ Key }) => Key!)
  const [Key] = await eventually('the stored record', async () => {
    const keys = await keysBelow('relay/')
    return keys.length > 0 && keys
  })

  const dry = await shop.ops('republish', '--dry-run')
  for (const part of [Key!, 'cannot be published: not an event: metadata.id', 'Nothing was published'])
    expect(dry.output).toContain(part)
  const poisoned = await shop.ops('republish', '--yes')
  expect(poisoned.output).toContain('0 events published; 1 object not removed.')
  expect(poisoned.code).toBe(1)
  expect(await keysBelow('')).toEqual([Key])

  const stored = await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString()
  const id = `OrderPaymentFailed/${orderId}/99`
  const missing = { id, correlationId: 'fixed', causationId: 'test' }
  const image = Object.fromEntries(Object.entries(missing).map(([name, S]) => [name, { S }]))
  const { problem, record } = JSON.parse(stored)
  Object.assign(record.dynamodb.NewImage.events.L[0].M.metadata.M, image)
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: JSON.stringify({ problem, record }) }))
  // What Lambda stores once a record is too old.
  const ofLambda = {
    requestContext: { condition: 'RecordAgeExceeded' },
    payload: JSON.stringify({ Records: [record] }),
  }
  const KeyOfLambda = 'aws/lambda/mapping/shard/2026/11/21/record'
  await s3.send(new PutObjectCommand({ Bucket, Key: KeyOfLambda, Body: JSON.stringify(ofLambda) }))

  const fixed = await shop.ops('republish', '--yes')
  for (const part of [id, 'RecordAgeExceeded', '2 events published.']) expect(fixed.output).toContain(part)
  expect(fixed.code).toBe(0)
  await shop.mailed(orderId, 2)
  expect(await keysBelow('')).toEqual([`republished/${KeyOfLambda}`, `republished/${Key}`])
  const again = await shop.ops('republish', '--yes')
  expect(again.output).toContain('has no unpublished events')
  expect(again.code).toBe(0)
})

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

  const rows = (await shop.ops('dlq', 'list')).output.split('\n').filter((line) => /^ +[1-9]/.test(line))
  const name = `${applicationId}-dev-inventory-reserve-stock`
  expect(rows).toEqual([expect.stringMatching(new RegExp(`^ +1 +\\d+ (s|min) +${name}-dlq +${name}$`))])

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
  const consumer = 'orders-apply-events'
  // At one message per second the redrive is still running when the commands below start, even on a slow machine.
  const messages = 600
  const QueueUrl = await shop.urlOf(`${consumer}-dlq`)
  for (let batch = 0; batch < messages / 10; batch += 1) {
    const Entries = Array.from({ length: 10 }, (_, index) => ({ Id: String(index), MessageBody: 'any' }))
    await shop.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  }
  const redrive = ['dlq', 'redrive', consumer, '--rate', '1', '--yes']
  // The consumer cannot handle them; what it has received stays in its queue.
  await shop.withQueue(consumer, { VisibilityTimeout: '3600' }, async () => {
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
    expect(second.output()).toContain('Cancelled. Repeat the command to move the rest.')
  })
  // The task may move one more message between the two readings before it notices that it was cancelled.
  await eventually(
    'each message to be in one queue',
    async () => (await shop.messagesIn(`${consumer}-dlq`)) + (await shop.messagesIn(consumer)) === messages,
  )
  expect(await shop.messagesIn(`${consumer}-dlq`)).toBeGreaterThan(0)
  const shown = (await shop.ops('dlq', 'show', consumer, '--limit', '12')).output
  expect(shown.match(/^not an event$/gm)).toHaveLength(12)
})

const zone = '2026-11-21T13:00:00Z'

test.each<[string, string[], number, string | RegExp]>([
  ['an unknown command', ['dlq', 'empty'], 2, /^Unknown command 'empty'/],
  ['a limit of 0', ['dlq', 'show', 'a', '--limit', '0'], 2, /a whole number from 1 to 1000/],
  [
    'a rate for selected messages',
    ['dlq', 'redrive', 'a', '--rate', '5', '--message-id', 'm'],
    2,
    /^--rate applies to whole queues/,
  ],
  ['a time without a zone', ['replay', '--from', '2026-11-21T13:00', '--to', zone], 2, /a time with a time zone/],
  ['a malformed order id', ['order', '17'], 2, /^17 is not an order id/],
  ['a time in the future', ['replay', '--from', zone, '--to', '2999-01-01T00:00:00Z'], 2, /is in the future/],
  ['an unknown queue', ['dlq', 'show', 'nothing'], 1, `${applicationId}-dev-inventory-reserve-stock-dlq`],
  ['an unknown order', ['order', 'ord_00000000000000000000000000'], 1, 'does not exist'],
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
