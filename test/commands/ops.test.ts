import { randomUUID } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DescribeReplayCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SendMessageBatchCommand,
  SetQueueAttributesCommand,
  SQSClient,
  type QueueAttributeName,
} from '@aws-sdk/client-sqs'
import { DeleteCommand, DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { callApi, eventually, mailsTo } from '#scripts/api-client.ts'
import { startSystem, type RunningSystem } from '#scripts/running-system.ts'
import { signIn } from '#scripts/sign-in.ts'
import { command } from './command.ts'

let system: RunningSystem
let sqs: SQSClient
let s3: S3Client
let table: DynamoDBDocumentClient
let bus: EventBridgeClient
let token: string
const email = `operated.${randomUUID()}@example.com`
const line1 = '77 Unmentioned Lane'

beforeAll(async () => {
  system = await startSystem()
  const { clientConfiguration } = system.deployment
  sqs = new SQSClient(clientConfiguration)
  s3 = new S3Client({ ...clientConfiguration, forcePathStyle: true })
  table = DynamoDBDocumentClient.from(new DynamoDBClient(clientConfiguration))
  bus = new EventBridgeClient(clientConfiguration)
  token = await signIn(system.deployment, { email, name: 'Olga Operated' })
})

afterAll(async () => {
  sqs.destroy()
  s3.destroy()
  table.destroy()
  bus.destroy()
  await system.stop()
})

const start = (...args: string[]) =>
  command(process.execPath, ['scripts/ops.ts', ...args, '--outputs', system.outputsFile])

async function ops(...args: string[]): Promise<{ code: number | string; output: string }> {
  const started = start(...args)
  const code = await started.ended
  return { code, output: started.output() }
}

const urlOf = async (consumer: string) =>
  (await sqs.send(new GetQueueUrlCommand({ QueueName: `${system.deployment.eventBusName}-${consumer}` }))).QueueUrl!

async function attributeOf(consumer: string, name: QueueAttributeName): Promise<string> {
  const QueueUrl = await urlOf(consumer)
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))
  return Attributes![name]!
}

/** Gives a consumer's queue other attributes while `work` lasts. */
async function withQueue<T>(consumer: string, attributes: Record<string, string>, work: () => Promise<T>): Promise<T> {
  const QueueUrl = await urlOf(consumer)
  const set = (Attributes: Record<string, string>) => sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }))
  const names = Object.keys(attributes) as QueueAttributeName[]
  const before = await Promise.all(names.map(async (name) => [name, await attributeOf(consumer, name)] as const))
  await set(attributes)
  try {
    return await work()
  } finally {
    await set(Object.fromEntries(before))
  }
}

async function placeOrder(sku: string): Promise<{ orderId: string; correlationId: string }> {
  const correlationId = `operated-${randomUUID()}`
  const { status, body } = await callApi(system.deployment, 'POST', '/orders', {
    token,
    headers: { 'idempotency-key': randomUUID(), 'x-correlation-id': correlationId },
    body: {
      items: [{ sku, quantity: 1 }],
      shippingAddress: { name: 'Olga', line1, city: 'Cork', postalCode: 'T12', country: 'IE' },
      paymentToken: 'tok_ok',
    },
  })
  expect(status).toBe(201)
  return { orderId: body.orderId, correlationId }
}

const skuOf = async (index: number): Promise<string> =>
  (await callApi(system.deployment, 'GET', '/products?sort=price')).body.items[index].sku

const reserved = (orderId: string) =>
  eventually(`order ${orderId} to be reserved`, async () => {
    const { body } = await callApi(system.deployment, 'GET', `/orders/${orderId}`, { token })
    return body.status === 'RESERVED'
  })

const mailsAbout = async (orderId: string) =>
  (await mailsTo(system.deployment, email)).filter((mail) => mail.body.text?.includes(orderId))

const mailed = (orderId: string, count: number) =>
  eventually(`${count} mails about ${orderId}`, async () => (await mailsAbout(orderId)).length === count)

const inDeadLetterQueue = (consumer: string) =>
  eventually(
    `a message in the dead-letter queue of ${consumer}`,
    async () => (await attributeOf(`${consumer}-dlq`, 'ApproximateNumberOfMessages')) === '1',
    60_000,
  )

/** A mail is out before its message is settled and deleted; a second one about it would meet the first. */
const handled = (consumer: string) =>
  eventually(
    `everything in the queue of ${consumer} to be handled`,
    async () => {
      const held = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const
      return (await Promise.all(held.map((name) => attributeOf(consumer, name)))).join() === '0,0'
    },
    60_000,
  )

const stock = (sku: string, available: unknown) =>
  table.send(
    new UpdateCommand({
      TableName: system.deployment.tableName,
      Key: { PK: `STOCK#${sku}`, SK: 'STOCK' },
      UpdateExpression: 'SET available = :available',
      ExpressionAttributeValues: { ':available': available },
      ReturnValues: 'UPDATED_OLD',
    }),
  )

test('what a consumer failed at is listed, shown without being taken, and redriven when the cause is mended', async () => {
  const sku = await skuOf(0)
  const { Attributes: sound } = await stock(sku, 'not a number')
  const { orderId, correlationId } = await withQueue(
    'inventory-reserve-stock',
    { VisibilityTimeout: '1' },
    async () => {
      const placed = await placeOrder(sku)
      await inDeadLetterQueue('inventory-reserve-stock')
      return placed
    },
  )

  const rows = JSON.parse((await ops('dlq', 'list', '--json')).output.replace(/^.*\n/, ''))
  expect(rows.filter(({ messages }: { messages: number }) => messages > 0)).toEqual([
    expect.objectContaining({
      name: 'cartwheel-dev-inventory-reserve-stock-dlq',
      messages: 1,
      sources: ['cartwheel-dev-inventory-reserve-stock'],
      oldestIsKnown: true,
    }),
  ])

  for (const time of ['first', 'second']) {
    const { code, output } = await ops('dlq', 'show', 'inventory-reserve-stock')
    expect([time, code]).toEqual([time, 0])
    for (const part of [`OrderPlaced/${orderId}/1`, correlationId, 'the consumer of', 'holds 1 message'])
      expect(output).toContain(part)
    expect(output).not.toContain('"detail"')
  }
  expect((await ops('dlq', 'show', 'inventory-reserve-stock', '--full')).output).toContain('"detail"')

  const story = (await ops('order', orderId)).output
  for (const part of [`${orderId} is PLACED`, 'OrderPlaced', 'the stock to be decided, by inventory-reserve-stock'])
    expect(story).toContain(part)
  expect(story).toContain('npm run ops -- dlq show cartwheel-dev-inventory-reserve-stock-dlq')
  expect(story).not.toContain(line1)
  expect((await ops('order', orderId, '--personal')).output).toContain(line1)

  const refused = await ops('dlq', 'redrive', 'inventory-reserve-stock')
  expect(refused.code).toBe(1)
  expect(refused.output.trim().split('\n')).toEqual([expect.stringMatching(/^Nothing was done\. Add --yes/)])
  expect(await attributeOf('inventory-reserve-stock-dlq', 'ApproximateNumberOfMessages')).toBe('1')

  await stock(sku, sound!['available'])
  const redriven = await ops('dlq', 'redrive', 'inventory-reserve-stock', '--yes')
  expect(redriven.output).toContain('1 of 1 moved')
  expect(redriven.code).toBe(0)
  await reserved(orderId)
  const again = await ops('dlq', 'redrive', 'inventory-reserve-stock', '--yes')
  expect(again.output).toContain('holds nothing that could be moved')
  expect(again.code).toBe(0)
})

test('what the bus could not deliver is told with its reason, and goes to its consumer message by message', async () => {
  const consumer = 'orders-apply-stock-answer'
  const { orderId } = await withQueue(consumer, { Policy: '' }, async () => {
    const placed = await placeOrder(await skuOf(1))
    await inDeadLetterQueue(consumer)
    return placed
  })
  const { output } = await ops('dlq', 'show', consumer)
  for (const part of [`StockReserved/${orderId}/1`, 'the bus could not deliver it: NO_PERMISSIONS'])
    expect(output).toContain(part)
  const [, messageId] = /message id +(\S+)/.exec(output)!

  const unknown = await ops('dlq', 'redrive', consumer, '--message-id', randomUUID(), '--yes')
  expect(unknown.code).toBe(1)
  expect(unknown.output).toContain('0 messages moved')
  const moved = await ops('dlq', 'redrive', consumer, '--message-id', messageId!, '--yes')
  expect(moved.code).toBe(0)
  await reserved(orderId)
  const again = await ops('dlq', 'redrive', consumer, '--message-id', messageId!, '--yes')
  expect(again.output).toContain('holds nothing')
})

test('a replay reaches the one consumer that it names, and its repeat starts none', async () => {
  const from = new Date(Date.now() - 1000).toISOString()
  const { orderId } = await placeOrder(await skuOf(2))
  await reserved(orderId)
  await mailed(orderId, 1)
  await handled('notifications-send-mail')
  const eventId = `OrderReserved/${orderId}/2`
  // As if this mail had never been: only what forgot an event does it once more.
  const Key = { PK: `NOTICE#${eventId}`, SK: 'NOTICE' }
  await table.send(new DeleteCommand({ TableName: system.deployment.tableName, Key }))
  const waiting = (await ops('order', orderId)).output
  expect(waiting).toContain(`the mail about ${eventId}, by notifications-send-mail`)

  const to = new Date().toISOString()
  const replay = (...more: string[]) =>
    ops('replay', '--from', from, '--to', to, '--rule', 'notifications-send-mail', '--yes', ...more)
  const first = await replay()
  expect(first.output).toContain('has completed')
  const ReplayName = /^(\S+) has completed/m.exec(first.output)![1]!
  const { Destination } = await bus.send(new DescribeReplayCommand({ ReplayName }))
  expect(Destination!.FilterArns!.length).toBeGreaterThan(0)
  expect(Destination!.FilterArns!.filter((arn) => !/sendmail/i.test(arn))).toEqual([])
  expect(first.code).toBe(0)
  await mailed(orderId, 2)
  await handled('notifications-send-mail')

  const second = await replay()
  expect(second.output).toContain('--again does it once more')
  expect(second.code).toBe(0)
  expect((await replay('--again')).code).toBe(0)
  await handled('notifications-send-mail')
  const { output } = await ops('order', orderId)
  expect(output.trim().endsWith('Waits for\n  nothing')).toBe(true)
  expect(output).toContain(`${eventId}  sent`)
  expect(await mailsAbout(orderId)).toHaveLength(2)
})

test('what the relay could not publish is kept while it cannot be, and published once when it can', async () => {
  const { orderId } = await placeOrder(await skuOf(3))
  await reserved(orderId)
  await mailed(orderId, 1)
  const { body } = await callApi(system.deployment, 'GET', `/orders/${orderId}/events`, { token })
  const told = body.items.find(({ type }: { type: string }) => type === 'OrderReserved')
  const event = { source: told.source, type: told.type, metadata: { version: 1, time: told.time }, data: told.data }
  await table.send(
    new PutCommand({
      TableName: system.deployment.tableName,
      Item: { PK: `OPERATED#${orderId}`, SK: 'POISON', events: [event] },
    }),
  )
  const Bucket = system.deployment.unpublishedBucketName!
  const keysBelow = async (Prefix: string) =>
    ((await s3.send(new ListObjectsV2Command({ Bucket, Prefix }))).Contents ?? []).map(({ Key }) => Key!)
  const [Key] = await eventually(
    'the kept record',
    async () => {
      const keys = await keysBelow('aws/lambda/')
      return keys.length > 0 && keys
    },
    60_000,
  )

  const dry = await ops('republish', '--dry-run')
  for (const part of [Key!, 'cannot be published: not an event: metadata.id', 'Nothing was done'])
    expect(dry.output).toContain(part)
  const poisoned = await ops('republish', '--yes')
  expect(poisoned.output).toContain('0 events published; 1 object kept.')
  expect(poisoned.code).toBe(1)
  expect(await keysBelow('aws/lambda/')).toEqual([Key])

  const kept = await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString()
  const id = `OrderReserved/${orderId}/99`
  const missing = { id, correlationId: 'mended', causationId: 'test' }
  const image = Object.fromEntries(Object.entries(missing).map(([name, S]) => [name, { S }]))
  const record = JSON.parse(kept)
  const payload = JSON.parse(record.payload)
  Object.assign(payload.Records[0].dynamodb.NewImage.events.L[0].M.metadata.M, image)
  await s3.send(
    new PutObjectCommand({ Bucket, Key, Body: JSON.stringify({ ...record, payload: JSON.stringify(payload) }) }),
  )

  expect((await ops('republish', '--since', new Date(Date.now() + 60_000).toISOString())).output).toContain(
    'since then',
  )
  const mended = await ops('republish', '--key', Key!, '--yes')
  expect(mended.output).toContain(id)
  expect(mended.output).toContain('1 event published.')
  expect(mended.code).toBe(0)
  await mailed(orderId, 2)
  expect(await keysBelow('')).toEqual([`republished/${Key}`])
  const again = await ops('republish', '--yes')
  expect(again.output).toContain('keeps nothing')
  expect(again.code).toBe(0)
})

test('a redrive that runs is followed by whoever asks for it again, and Ctrl-C leaves the rest where it is', async () => {
  const [from, to] = ['catalog-link-images-dlq', 'thumbnails-make-thumbnails-dlq']
  const messages = 100
  for (let batch = 0; batch < messages / 10; batch += 1) {
    const Entries = Array.from({ length: 10 }, (_, index) => ({ Id: String(index), MessageBody: 'of no use' }))
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: await urlOf(from), Entries }))
  }
  const redrive = ['dlq', 'redrive', from, '--to', to, '--rate', '1', '--yes']
  const first = start(...redrive)
  await first.printed('1 of 100 moved')
  const second = start(...redrive)
  await second.printed('is being redriven')
  await second.printed('of 100 moved')
  second.process.kill('SIGINT')
  expect(await Promise.all([first.ended, second.ended])).toEqual([130, 130])
  expect(second.output()).toContain('Cancelled.')
  const counts = await Promise.all([from, to].map((queue) => attributeOf(queue, 'ApproximateNumberOfMessages')))
  expect(counts.map(Number).reduce((sum, count) => sum + count)).toBe(messages)
  expect(Number(counts[0])).toBeGreaterThan(0)
  const shown = JSON.parse((await ops('dlq', 'show', from, '--json', '--limit', '12')).output.replace(/^[^[]*/, ''))
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
  const { code, output } = await ops(...args)
  expect(output.trim().split('\n')).toEqual([expect.stringContaining(part)])
  expect(code).toBe(1)
})

test('npm run ops tells what there is, and a command what it does', async () => {
  const all = command('npm', ['run', '--silent', 'ops', '--', '--help'])
  expect(await all.ended).toBe(0)
  for (const name of ['dlq list', 'dlq show', 'dlq redrive', 'replay', 'order', 'republish'])
    expect(all.output()).toContain(`\n  ${name} `)
  const one = await ops('dlq', 'redrive', '--help')
  expect(one.code).toBe(0)
  expect(one.output).toContain('npm run ops -- dlq redrive QUEUE')
})
