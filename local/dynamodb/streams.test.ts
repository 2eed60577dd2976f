import { setImmediate } from 'node:timers/promises'
import { loansTable, makeService, refusal, startLibrary } from './test/library.ts'
import { onlyShardId } from './stream-log.ts'
import type { StreamRecord } from './stream-log.ts'
import type { DynamoDbService } from './service.ts'

const TableName = 'loans'
const key = (id: string) => ({ PK: { S: id }, SK: { S: 'COPY' } })
const hourMs = 60 * 60 * 1000

async function makeLoans(view = 'NEW_AND_OLD_IMAGES') {
  const created = makeService()
  await created.service.execute('CreateTable', {
    ...loansTable,
    StreamSpecification: { StreamEnabled: true, StreamViewType: view },
  })
  const streamArn = await streamArnOf(created.service)
  const put = (id: string, extra = {}) =>
    created.service.execute('PutItem', { TableName, Item: { ...key(id), ...extra } })
  const read = (after = 'TRIM_HORIZON', limit = 100) => created.service.streams.read(streamArn, after, limit)
  return { ...created, streamArn, put, read }
}

const streamArnOf = async (service: DynamoDbService): Promise<string> =>
  (await service.execute('DescribeTable', { TableName })).Table.LatestStreamArn

const summary = (record: StreamRecord) => [record.eventName, record.dynamodb.Keys['PK']!.S]

test('every change has one record, in order, with both images; a write without a change has none', async () => {
  const { service, put, read, streamArn, clock } = await makeLoans()
  await put('a', { n: { N: '1' }, tags: { SS: ['x', 'y'] } })
  await put('a', { tags: { SS: ['y', 'x'] }, n: { N: '1.0' } })
  const setNumber = (N: string) =>
    service.execute('UpdateItem', {
      TableName,
      Key: key('a'),
      UpdateExpression: 'SET n = :n',
      ExpressionAttributeValues: { ':n': { N } },
    })
  await setNumber('1')
  await service.execute('DeleteItem', { TableName, Key: key('absent') })
  await refusal(
    put('b').then(() =>
      service.execute('PutItem', { TableName, Item: key('b'), ConditionExpression: 'attribute_not_exists(PK)' }),
    ),
  )
  await setNumber('2')
  await service.execute('DeleteItem', { TableName, Key: key('a') })
  const { records } = read()
  expect(records.map(summary)).toEqual([
    ['INSERT', 'a'],
    ['INSERT', 'b'],
    ['MODIFY', 'a'],
    ['REMOVE', 'a'],
  ])
  const tags = { SS: ['x', 'y'] }
  expect(records[2]).toEqual({
    eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
    eventName: 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    eventSourceARN: streamArn,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(clock.now() / 1000),
      Keys: key('a'),
      OldImage: { ...key('a'), n: { N: '1' }, tags },
      NewImage: { ...key('a'), n: { N: '2' }, tags },
      SequenceNumber: expect.stringMatching(/^\d{21}$/),
      SizeBytes: 9 + 2 * (9 + 3 + 6),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  })
  expect(records[0]!.dynamodb.OldImage).toBeUndefined()
  expect(records[3]!.dynamodb.NewImage).toBeUndefined()
  expect(new Set(records.map((record) => record.eventID)).size).toBe(4)
})

test.each([
  ['KEYS_ONLY', false, false],
  ['NEW_IMAGE', true, false],
  ['OLD_IMAGE', false, true],
])('%s includes only its images', async (view, hasNewImage, hasOldImage) => {
  const { put, read } = await makeLoans(view)
  await put('a', { n: { N: '1' } })
  await put('a', { n: { N: '2' } })
  const { NewImage, OldImage } = read().records[1]!.dynamodb
  expect(NewImage !== undefined).toBe(hasNewImage)
  expect(OldImage !== undefined).toBe(hasOldImage)
})

test('read continues from a position, in pages, at LATEST and at the end', async () => {
  const { put, read } = await makeLoans()
  const empty = read('LATEST')
  expect(empty.records).toEqual([])
  for (const id of ['a', 'b', 'c']) await put(id)
  expect(read(empty.position).records).toHaveLength(3)
  const first = read('TRIM_HORIZON', 2)
  const second = read(first.position, 2)
  expect([...first.records, ...second.records].map(summary)).toEqual([
    ['INSERT', 'a'],
    ['INSERT', 'b'],
    ['INSERT', 'c'],
  ])
  const atEnd = read(second.position)
  expect(atEnd).toEqual({ records: [], position: second.position })
  await put('d')
  expect(read(atEnd.position).records.map(summary)).toEqual([['INSERT', 'd']])
})

test('onRecords is called after the response to a write, and not for a cancelled transaction', async () => {
  const { service, put, streamArn, read } = await makeLoans()
  const counts: number[] = []
  const unsubscribe = service.streams.onRecords(streamArn, () => counts.push(read().records.length))
  await put('a')
  expect(counts).toEqual([])
  await setImmediate()
  await refusal(
    service.execute('TransactWriteItems', {
      TransactItems: [
        { Put: { TableName, Item: key('b') } },
        { Put: { TableName, Item: key('a'), ConditionExpression: 'attribute_not_exists(PK)' } },
      ],
    }),
  )
  expect(counts).toEqual([1])
  await service.execute('TransactWriteItems', {
    TransactItems: ['b', 'c'].map((id) => ({ Put: { TableName, Item: key(id) } })),
  })
  await setImmediate()
  expect(counts.every((count, index) => index === 0 || count === 3)).toBe(true)
  expect(counts.length).toBeGreaterThan(1)
  const before = counts.length
  unsubscribe()
  await put('d')
  await setImmediate()
  expect(counts).toHaveLength(before)
})

test('a record is stored for 24 hours', async () => {
  const { service, clock, put, read } = await makeLoans()
  service.start()
  await put('old')
  await clock.advance(23 * hourMs)
  await put('new')
  expect(read().records).toHaveLength(2)
  await clock.advance(2 * hourMs)
  expect(read().records.map(summary)).toEqual([['INSERT', 'new']])
  service.stop()
})

test('an expired record is not returned before its deletion either', async () => {
  const { clock, put, read } = await makeLoans()
  await put('old')
  await clock.advance(24 * hourMs)
  expect(read().records).toEqual([])
})

test('a stream of a deleted table exists as long as it has records', async () => {
  const { service, clock, put, read } = await makeLoans()
  service.start()
  await put('a')
  await service.execute('DeleteTable', { TableName })
  await clock.advance(hourMs)
  expect(read().records.map(summary)).toEqual([['INSERT', 'a']])
  await clock.advance(24 * hourMs)
  expect(() => read()).toThrow(expect.objectContaining({ name: 'ResourceNotFoundException' }))
  service.stop()
})

test('time to live deletes expired items as the DynamoDB service; until then they are readable', async () => {
  const { service, clock, put, read } = await makeLoans()
  const seconds = (offset: number) => ({ N: String(Math.floor(clock.now() / 1000) + offset) })
  await put('later', { expiry: seconds(3600) })
  await put('soon', { expiry: seconds(30) })
  await put('text', { expiry: { S: '1' } })
  await put('ancient', { expiry: seconds(-6 * 365 * 24 * 3600) })
  await put('never')
  await service.execute('UpdateTimeToLive', {
    TableName,
    TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiry' },
  })
  expect((await service.execute('DescribeTimeToLive', { TableName })).TimeToLiveDescription).toEqual({
    TimeToLiveStatus: 'ENABLED',
    AttributeName: 'expiry',
  })
  service.start()
  const get = async (id: string) => (await service.execute('GetItem', { TableName, Key: key(id) })).Item
  await clock.advance(40_000)
  expect(await get('soon')).toBeDefined()
  await clock.advance(60_000)
  expect(await get('soon')).toBeUndefined()
  const removal = read().records.at(-1)!
  expect(summary(removal)).toEqual(['REMOVE', 'soon'])
  expect(removal.userIdentity).toEqual({ type: 'Service', principalId: 'dynamodb.amazonaws.com' })
  expect(removal.dynamodb.OldImage).toMatchObject(key('soon'))
  expect((await service.execute('Scan', { TableName, Select: 'COUNT' })).Count).toBe(4)
  service.stop()
  await clock.advance(2 * hourMs)
  expect(await get('later')).toBeDefined()
})

test('the DynamoDB Streams API returns the records of the stream', async () => {
  const library = await startLibrary()
  try {
    await library.client.updateTimeToLive({
      TableName,
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiry' },
    })
    await library.service.execute('PutItem', {
      TableName,
      Item: { ...key('a'), expiry: { N: String(library.clock.now() / 1000) } },
    })
    library.service.start()
    await library.clock.advance(60_000)
    library.service.stop()
    const call = (operation: string, input: object) => callStreams(library.endpoint, operation, input)
    const StreamArn = (await call('ListStreams', { TableName })).Streams[0].StreamArn
    expect((await call('DescribeStream', { StreamArn })).StreamDescription).toMatchObject({
      StreamStatus: 'ENABLED',
      TableName,
      Shards: [{ ShardId: onlyShardId }],
    })
    const iterator = async (rest: object) =>
      (await call('GetShardIterator', { StreamArn, ShardId: onlyShardId, ...rest })).ShardIterator
    const records = (ShardIterator: string) => call('GetRecords', { ShardIterator })
    const all = await records(await iterator({ ShardIteratorType: 'TRIM_HORIZON' }))
    expect(all.Records.map((record: any) => record.eventName)).toEqual(['INSERT', 'REMOVE'])
    expect(all.Records[1].userIdentity).toEqual({ Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' })
    expect(all.Records[0]).not.toHaveProperty('eventSourceARN')
    expect((await records(all.NextShardIterator)).Records).toEqual([])
    const { SequenceNumber } = all.Records[0].dynamodb
    const from = async (ShardIteratorType: string) =>
      (await records(await iterator({ ShardIteratorType, SequenceNumber }))).Records
    expect(await from('AT_SEQUENCE_NUMBER')).toHaveLength(2)
    expect(await from('AFTER_SEQUENCE_NUMBER')).toHaveLength(1)
    expect((await records(await iterator({ ShardIteratorType: 'LATEST' }))).Records).toEqual([])
    expect((await call('GetRecords', { ShardIterator: 'bogus' })).__type).toBe('ValidationException')
    const elsewhere = { StreamArn, ShardId: 'shardId-2', ShardIteratorType: 'LATEST' }
    expect((await call('GetShardIterator', elsewhere)).__type).toBe('ResourceNotFoundException')
  } finally {
    await library.stop()
  }
})

/** Avoids a dependency on the SDK's streams client, which nothing else needs. */
async function callStreams(endpoint: string, operation: string, input: object): Promise<any> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': `DynamoDBStreams_20120810.${operation}`, 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify(input),
  })
  return response.json()
}
