import { DynamoDB } from '@aws-sdk/client-dynamodb'
import { newStateFile } from '../test/folders.ts'
import { declare as declareIn } from '../wire/testing.ts'
import { inProcessHandler } from './in-process.ts'
import type { DynamoDbService } from './service.ts'
import { makeService, refusal } from './test/library.ts'

const properties = {
  AttributeDefinitions: [
    { AttributeName: 'PK', AttributeType: 'S' },
    { AttributeName: 'SK', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'PK', KeyType: 'HASH' },
    { AttributeName: 'SK', KeyType: 'RANGE' },
  ],
  BillingMode: 'PAY_PER_REQUEST',
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  TimeToLiveSpecification: { AttributeName: 'expiry', Enabled: true },
  Replicas: [{ Region: 'us-east-1', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
}

const withIndex = {
  ...properties,
  AttributeDefinitions: [...properties.AttributeDefinitions, { AttributeName: 'flavor', AttributeType: 'S' }],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byFlavor',
      KeySchema: [{ AttributeName: 'flavor', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
}

const declare = async ({ providers }: DynamoDbService, type: string, declared: object) =>
  declareIn(providers, type, 'Cakes', declared, 'bakery')

const globalTable = 'AWS::DynamoDB::GlobalTable'
const key = (id: string) => ({ PK: { S: id }, SK: { S: 'CAKE' } })

test.each([globalTable, 'AWS::DynamoDB::Table'])('%s returns name, ARN, stream ARN and id', async (type) => {
  const { service } = makeService()
  const created = await declare(service, type, { ...properties, TableName: 'cakes' })
  expect(created.ref).toBe('cakes')
  expect(created.attributes).toEqual({
    Arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/cakes',
    StreamArn: expect.stringContaining('arn:aws:dynamodb:us-east-1:000000000000:table/cakes/stream/'),
    TableId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
  expect(
    (await service.execute('DescribeTimeToLive', { TableName: 'cakes' })).TimeToLiveDescription.AttributeName,
  ).toBe('expiry')
  expect((await declare(service, type, properties)).ref).toBe('bakery-Cakes')
})

test('items, indexes, stream and tokens survive a restart, and the stream continues', async () => {
  const location = newStateFile()
  const first = makeService({ location })
  const created = await declare(first.service, globalTable, withIndex)
  const streamArn = created.attributes!['StreamArn'] as string
  const transaction = {
    ClientRequestToken: 'bake-1',
    TransactItems: [{ Put: { TableName: created.ref, Item: { ...key('a'), flavor: { S: 'plum' } } } }],
  }
  await first.service.execute('TransactWriteItems', transaction)
  const { position } = first.service.streams.read(streamArn, 'TRIM_HORIZON', 10)
  first.state.close()

  const second = makeService({ location, clock: first.clock })
  expect((await declare(second.service, globalTable, withIndex)).attributes).toEqual(created.attributes)
  await second.service.execute('TransactWriteItems', transaction)
  expect(second.service.streams.read(streamArn, position, 10).records).toEqual([])
  await second.service.execute('PutItem', { TableName: created.ref, Item: key('b') })
  const { records } = second.service.streams.read(streamArn, position, 10)
  expect(records.map((record) => record.dynamodb.Keys)).toEqual([key('b')])
  expect(await byFlavor(second.service, 'plum')).toEqual([{ ...key('a'), flavor: { S: 'plum' } }])
  second.state.close()
})

test('a new index is built from existing items, a removed one is deleted, and another key is rejected', async () => {
  const { service } = makeService()
  await declare(service, globalTable, properties)
  await service.execute('PutItem', { TableName: 'bakery-Cakes', Item: { ...key('a'), flavor: { S: 'plum' } } })
  await service.execute('PutItem', { TableName: 'bakery-Cakes', Item: key('plain') })
  await declare(service, globalTable, withIndex)
  expect(await byFlavor(service, 'plum')).toHaveLength(1)
  await declare(service, globalTable, properties)
  expect((await refusal(byFlavor(service, 'plum'))).message).toContain('does not have the specified index')
  await service.execute('PutItem', { TableName: 'bakery-Cakes', Item: { ...key('a'), flavor: { S: 'apple' } } })
  await declare(service, globalTable, withIndex)
  expect(await byFlavor(service, 'plum')).toEqual([])
  expect(await byFlavor(service, 'apple')).toHaveLength(1)
  const error = await refusal(
    declare(service, globalTable, {
      ...properties,
      AttributeDefinitions: [properties.AttributeDefinitions[0]],
      KeySchema: [properties.KeySchema[0]],
    }),
  )
  expect(error.message).toContain('The table bakery-Cakes exists with another key (PK: S, SK: S) than the template')
})

test('a changed time-to-live attribute applies to existing items', async () => {
  const { service, clock } = makeService()
  await declare(service, globalTable, { ...properties, TimeToLiveSpecification: undefined })
  await service.execute('PutItem', {
    TableName: 'bakery-Cakes',
    Item: { ...key('a'), stale: { N: String(clock.now() / 1000) } },
  })
  await declare(service, globalTable, {
    ...properties,
    TimeToLiveSpecification: { AttributeName: 'stale', Enabled: true },
  })
  service.start()
  await clock.advance(61_000)
  service.stop()
  expect((await service.execute('Scan', { TableName: 'bakery-Cakes' })).Count).toBe(0)
})

const refused: [change: object, message: string][] = [
  [{ Replicas: [{ Region: 'us-east-1' }, { Region: 'eu-west-1' }] }, 'Cakes: a table with 2 replicas is not emulated'],
  [{ KeySchema: undefined }, 'Cakes: a table needs KeySchema and AttributeDefinitions.'],
  [
    { KeySchema: [{ AttributeName: 'other', KeyType: 'HASH' }] },
    'Cakes: One or more parameter values were invalid: Some index key attributes are not defined',
  ],
  [
    { AttributeDefinitions: withIndex.AttributeDefinitions },
    'Cakes: One or more parameter values were invalid: Number of attributes in KeySchema',
  ],
]

test.each(refused)('the declaration %.60j is rejected with a readable error', async (change, message) => {
  const { service } = makeService()
  expect((await refusal(declare(service, globalTable, { ...properties, ...change }))).message).toContain(message)
})

test('a table with deletion protection is not deleted', async () => {
  const { service } = makeService()
  await declare(service, 'AWS::DynamoDB::Table', { ...properties, DeletionProtectionEnabled: true })
  expect((await refusal(service.execute('DeleteTable', { TableName: 'bakery-Cakes' }))).name).toBe(
    'ValidationException',
  )
  await declare(service, 'AWS::DynamoDB::Table', properties)
  await service.execute('DeleteTable', { TableName: 'bakery-Cakes' })
  expect((await service.execute('ListTables', {})).TableNames).toEqual([])
})

test('an SDK client works in process, errors included', async () => {
  const { service } = makeService()
  const { ref: TableName } = await declare(service, globalTable, properties)
  const client = new DynamoDB({
    requestHandler: inProcessHandler(service),
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  const Item = { ...key('a'), photo: { B: new Uint8Array([1, 2, 255]) } }
  await client.putItem({ TableName, Item })
  expect((await client.getItem({ TableName, Key: key('a') })).Item).toEqual(Item)
  const put = { Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(PK)' } }
  const error = await refusal(client.transactWriteItems({ TransactItems: [put] }))
  expect(error).toMatchObject({
    name: 'TransactionCanceledException',
    CancellationReasons: [{ Code: 'ConditionalCheckFailed' }],
  })
})

const byFlavor = async (service: DynamoDbService, flavor: string) =>
  (
    await service.execute('Query', {
      TableName: 'bakery-Cakes',
      IndexName: 'byFlavor',
      KeyConditionExpression: 'flavor = :f',
      ExpressionAttributeValues: { ':f': { S: flavor } },
    })
  ).Items
