import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { LambdaClient, ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda'
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { eventually } from '#scripts/lib/api-client.ts'
import { eventIdAttribute, eventsAttribute } from '#shared/events/outbox.ts'
import { OperatedShop } from '#test/commands/operated-shop.ts'

let shop: OperatedShop
let lambda: LambdaClient
let s3: S3Client
beforeAll(async () => {
  shop = await OperatedShop.start()
  const { clientConfiguration } = shop.system.deployment
  lambda = new LambdaClient(clientConfiguration)
  s3 = new S3Client({ ...clientConfiguration, forcePathStyle: true })
})
afterAll(async () => {
  lambda.destroy()
  s3.destroy()
  await shop.stop()
})

/** Stops the relay while `work` runs, so that all its changes are records of one batch. */
async function inOneBatch(work: () => Promise<void>): Promise<void> {
  const FunctionName = `${shop.system.deployment.eventBusName}-event-relay-relay`
  const { EventSourceMappings } = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName }))
  const { UUID } = EventSourceMappings![0]!
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }))
  await work()
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }))
}

const event = (type: string, text: string) => ({
  source: 'poison.test',
  type,
  metadata: { id: `${type}/p/1`, version: 1, time: new Date().toISOString(), correlationId: 'p', causationId: 'p' },
  data: { text },
})

const poison = {
  malformed: { ...event('Malformed', ''), data: 'no object' },
  'too-large': event('TooLarge', 'x'.repeat(257 * 1024)),
  'source-of-aws': { ...event('Forged', ''), source: 'aws.s3' },
}

/** The records in the bucket of unpublished events, by the sort keys of their items. */
async function storedRecords(): Promise<[key: string, problem: string][]> {
  const Bucket = shop.system.deployment.unpublishedBucketName!
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
  const texts = await Promise.all(
    Contents.map(async ({ Key }) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString()),
  )
  return texts
    .map((text) => JSON.parse(text))
    .map(({ problem, record }): [string, string] => [record.dynamodb.Keys.SK.S, problem])
    .toSorted()
}

test('records that can never be published are stored one by one, and the orders of their batch are processed', async () => {
  const { tableName: TableName } = shop.system.deployment
  const sku = await shop.skuOf(1)
  const orderIds: string[] = []
  const place = async () => orderIds.push((await shop.placeOrder(sku)).orderId)
  await inOneBatch(async () => {
    await place()
    const TransactItems = Object.entries(poison).map(([SK, each]) => ({
      Put: { TableName, Item: { PK: 'POISON#', SK, [eventsAttribute]: [each], [eventIdAttribute]: each.metadata.id } },
    }))
    await shop.table.send(new TransactWriteCommand({ TransactItems }))
    for (let count = 0; count < 4; count++) await place()
  })
  for (const orderId of orderIds) await shop.ended(orderId)
  const stored = await eventually('the records in the bucket', async () => {
    const records = await storedRecords()
    return records.length >= 3 && records
  })
  expect(stored).toEqual([
    ['malformed', expect.stringContaining('data (invalid_type)')],
    ['source-of-aws', expect.stringContaining('NotAuthorizedForSourceException')],
    ['too-large', expect.stringContaining('the limit is 262144')],
  ])
})
