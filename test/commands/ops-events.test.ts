import { DescribeReplayCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { callApi, eventually } from '#scripts/lib/api-client.ts'
import { OperatedShop } from './operated-shop.ts'

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

  expect((await shop.ops('republish', '--since', new Date(Date.now() + 3_600_000).toISOString())).output).toContain(
    'since then',
  )
  const fixed = await shop.ops('republish', '--key', Key!, '--yes')
  expect(fixed.output).toContain(id)
  expect(fixed.output).toContain('1 event published.')
  expect(fixed.code).toBe(0)
  await shop.mailed(orderId, 2)
  expect(await keysBelow('')).toEqual([KeyOfLambda, `republished/${Key}`])
  const other = await shop.ops('republish', '--yes')
  expect(other.output).toContain('RecordAgeExceeded')
  expect(other.output).toContain('1 event published.')
  expect(await keysBelow('')).toEqual([`republished/${KeyOfLambda}`, `republished/${Key}`])
  const again = await shop.ops('republish', '--yes')
  expect(again.output).toContain('has no unpublished events')
  expect(again.code).toBe(0)
})
