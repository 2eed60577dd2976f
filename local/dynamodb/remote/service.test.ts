import { ManualClock, systemClock } from '../../clock.ts'
import { State } from '../../state/state.ts'
import type { StreamRecord } from '../stream-source.ts'
import { onlyShardId } from '../stream-log.ts'
import { loansTable, refusal, startLibrary } from '../test/library.ts'
import { RemoteDynamoDb } from './service.ts'

/** The embedded tables of another state, behind a port, are the other implementation here. */
let other: Awaited<ReturnType<typeof startLibrary>>
const services: RemoteDynamoDb[] = []
const states: State[] = []

beforeEach(async () => {
  other = await startLibrary()
})

afterEach(async () => {
  for (const service of services.splice(0)) service.stop()
  await other.stop()
  for (const state of states.splice(0)) state.close()
})

function newState(): State {
  const state = new State(':memory:')
  states.push(state)
  return state
}

function makeRemote(state = newState(), ownEndpoint = 'http://127.0.0.1:1') {
  const warnings: string[] = []
  const service = new RemoteDynamoDb({
    state,
    clock: systemClock,
    url: new URL(other.config.endpoint),
    ownEndpoint: () => ownEndpoint,
    warn: (sentence) => warnings.push(sentence),
  })
  services.push(service)
  const execute = async (operation: string, input: object): Promise<any> =>
    service.wire.operations[operation]!.handle(input, { principal: { kind: 'administrator' }, requestId: operation })
  return { service, state, warnings, execute }
}

const { TableName: _name, ...definition } = loansTable
const declaration = (properties: object = {}) => ({
  stackName: 'library',
  logicalId: 'Loans',
  type: 'AWS::DynamoDB::Table',
  generatedName: 'library-Loans',
  properties: { ...definition, TimeToLiveSpecification: { AttributeName: 'gone', Enabled: true }, ...properties },
})

async function declare({ service }: { service: RemoteDynamoDb }, properties?: object) {
  const provider = service.providers.find(({ type }) => type === 'AWS::DynamoDB::Table')!
  const created = await provider.create(declaration(properties))
  return { ...created, streamArn: String(created.attributes!['StreamArn']) }
}

const TableName = 'library-Loans'
const key = (id: string) => ({ PK: { S: id }, SK: { S: 'COPY' } })

async function records(service: RemoteDynamoDb, streamArn: string, count: number): Promise<StreamRecord[]> {
  for (const untilMs = Date.now() + 120_000; ;) {
    const found = service.streams.read(streamArn, onlyShardId, 'TRIM_HORIZON', 100).records
    if (found.length >= count) return found
    if (Date.now() > untilMs) throw new Error(`${found.length} of ${count} records arrived.`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

test('a declared table is made at the other side with keys, indexes, stream and time to live', async () => {
  const remote = makeRemote()
  const { ref, limitations, streamArn } = await declare(remote)
  expect(ref).toBe(TableName)
  expect(streamArn).toMatch(/^arn:aws:dynamodb:us-east-1:000000000000:table\/library-Loans\/stream\//)
  expect(limitations).toEqual([`its items are kept at ${other.config.endpoint}`])
  const { Table } = await other.service.execute('DescribeTable', { TableName })
  expect(Table.KeySchema).toEqual(loansTable.KeySchema)
  expect(Table.GlobalSecondaryIndexes.map((index: any) => [index.IndexName, index.Projection])).toEqual(
    loansTable.GlobalSecondaryIndexes!.map((index) => [index.IndexName, index.Projection]),
  )
  expect(Table.LocalSecondaryIndexes).toHaveLength(1)
  expect(Table.StreamSpecification).toEqual(loansTable.StreamSpecification)
  const { TimeToLiveDescription } = await other.service.execute('DescribeTimeToLive', { TableName })
  expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'gone' })
})

test('items are written and read there, and answers and errors come back whole', async () => {
  const remote = makeRemote()
  await declare(remote)
  await remote.execute('PutItem', { TableName, Item: { ...key('a'), n: { N: '1' } } })
  expect((await other.service.execute('GetItem', { TableName, Key: key('a') })).Item).toEqual({
    ...key('a'),
    n: { N: '1' },
  })
  expect(await remote.execute('GetItem', { TableName, Key: key('a') })).toEqual({
    Item: { ...key('a'), n: { N: '1' } },
  })
  const condition = { ConditionExpression: 'attribute_not_exists(PK)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }
  const failed = await refusal(remote.execute('PutItem', { TableName, Item: key('a'), ...condition }))
  expect(failed).toMatchObject({
    name: 'ConditionalCheckFailedException',
    statusCode: 400,
    members: { Item: { n: { N: '1' } } },
  })
  const canceled = await refusal(
    remote.execute('TransactWriteItems', {
      TransactItems: [
        { Put: { TableName, Item: key('b') } },
        { Put: { TableName, Item: key('a'), ConditionExpression: 'attribute_not_exists(PK)' } },
      ],
    }),
  )
  expect(canceled.name).toBe('TransactionCanceledException')
  expect(canceled.members.CancellationReasons.map((reason: any) => reason.Code)).toEqual([
    'None',
    'ConditionalCheckFailed',
  ])
  expect((await remote.execute('DescribeTable', { TableName })).Table).toMatchObject({ TableName, ItemCount: 1 })
})

test('tables may be named by their ARNs', async () => {
  const remote = makeRemote()
  const { attributes } = await declare(remote)
  const arn = String(attributes!['Arn'])
  await remote.execute('TransactWriteItems', { TransactItems: [{ Put: { TableName: arn, Item: key('a') } }] })
  expect(await remote.execute('GetItem', { TableName: arn, Key: key('a') })).toEqual({ Item: key('a') })
  const batch = await remote.execute('BatchGetItem', { RequestItems: { [arn]: { Keys: [key('a')] } } })
  expect(batch.Responses[TableName]).toEqual([key('a')])
})

test('IAM is asked for the leading keys, and what it cannot be asked for never reaches the other side', async () => {
  const remote = makeRemote()
  await declare(remote)
  const put = { TableName, Item: key('a') }
  expect(remote.service.wire.operations['PutItem']!.access(put)).toEqual([
    expect.objectContaining({
      action: 'dynamodb:PutItem',
      context: expect.objectContaining({ 'dynamodb:leadingkeys': ['a'] }),
    }),
  ])
  const legacy = { ...put, Expected: { PK: { Exists: false } } }
  expect(await refusal(remote.execute('PutItem', legacy))).toMatchObject({ name: 'ValidationException' })
  await other.service.execute('CreateTable', { ...loansTable, TableName: 'not-ours' })
  for (const [operation, input] of [
    ['PutItem', { ...put, TableName: 'not-ours' }],
    ['BatchWriteItem', { RequestItems: { 'not-ours': [{ PutRequest: { Item: key('a') } }] } }],
    ['TransactWriteItems', { TransactItems: [{ Put: { ...put, TableName: 'not-ours' } }] }],
  ] as const) {
    expect(await refusal(remote.execute(operation, input))).toMatchObject({ name: 'ResourceNotFoundException' })
  }
  for (const name of [TableName, 'not-ours']) {
    expect((await other.service.execute('Scan', { TableName: name })).Count).toBe(0)
  }
  const statement = { Statement: `SELECT * FROM "${TableName}"` }
  await expect(remote.execute('ExecuteStatement', statement)).rejects.toThrow()
})

test('what changes there arrives in our stream, once and in order, whoever wrote it', async () => {
  const remote = makeRemote()
  const { streamArn } = await declare(remote)
  remote.service.start()
  let woken = 0
  remote.service.streams.onRecords(streamArn, () => (woken += 1))
  await remote.execute('PutItem', { TableName, Item: key('a') })
  await other.service.execute('PutItem', { TableName, Item: { ...key('a'), n: { N: '2' } } })
  await remote.execute('DeleteItem', { TableName, Key: key('a') })
  const found = await records(remote.service, streamArn, 3)
  expect(found.map((record) => record.eventName)).toEqual(['INSERT', 'MODIFY', 'REMOVE'])
  expect(found[1]).toMatchObject({
    eventSourceARN: streamArn,
    awsRegion: 'us-east-1',
    dynamodb: { Keys: key('a'), OldImage: key('a'), NewImage: { ...key('a'), n: { N: '2' } } },
  })
  expect(woken).toBeGreaterThan(0)
})

test('a restart finds the tables again, with what happened in between and nothing twice', async () => {
  const state = newState()
  const before = makeRemote(state)
  const { streamArn } = await declare(before)
  before.service.start()
  await before.execute('PutItem', { TableName, Item: key('a') })
  await records(before.service, streamArn, 1)
  before.service.stop()
  await other.service.execute('PutItem', { TableName, Item: key('b') })
  const after = makeRemote(state)
  expect((await declare(after)).streamArn).toBe(streamArn)
  const found = await records(after.service, streamArn, 2)
  expect(found.map((record) => record.dynamodb.Keys['PK']!.S)).toEqual(['a', 'b'])
})

test('what was there before is in the stream before a mapping can begin at its end', async () => {
  const first = makeRemote()
  await declare(first)
  await first.execute('PutItem', { TableName, Item: key('a') })
  const { service } = makeRemote()
  const { streamArn } = await declare({ service })
  const latest = service.streams.read(streamArn, onlyShardId, 'LATEST', 1).position
  expect(service.streams.read(streamArn, onlyShardId, latest, 10).records).toEqual([])
  expect(service.streams.read(streamArn, onlyShardId, 'TRIM_HORIZON', 10).records).toHaveLength(1)
})

test('a table with another key at the other side is refused by name', async () => {
  await other.service.execute('CreateTable', {
    TableName,
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  })
  await expect(declare(makeRemote())).rejects.toThrow(
    "The table library-Loans exists at its endpoint with another key (id: N) than the template's (PK: S, SK: S)",
  )
})

test('the API makes and deletes tables at both sides', async () => {
  const remote = makeRemote()
  await remote.execute('CreateTable', loansTable)
  await remote.execute('PutItem', { TableName: 'loans', Item: key('a') })
  expect((await other.service.execute('ListTables', {})).TableNames).toEqual(['loans'])
  await remote.execute('DeleteTable', { TableName: 'loans' })
  expect((await other.service.execute('ListTables', {})).TableNames).toEqual([])
  expect(await remote.execute('ListTables', {})).toEqual({ TableNames: [] })
})

test('an endpoint that does not answer is told at the start and to every caller', async () => {
  const remote = makeRemote()
  await declare(remote)
  await remote.service.connect()
  const { endpoint } = other.config
  await other.stop()
  const answer = {
    name: 'ServiceUnavailable',
    statusCode: 503,
    message: expect.stringContaining(`${endpoint} does not`),
  }
  expect(await refusal(remote.execute('GetItem', { TableName, Key: key('a') }))).toMatchObject(answer)
  await expect(remote.service.connect()).rejects.toThrow(`The DynamoDB at ${endpoint} does not answer (ECONNREFUSED).`)
  other = await startLibrary()
})

test('the own endpoint cannot be the other side', async () => {
  const { service } = makeRemote(newState(), other.config.endpoint.replace('127.0.0.1', 'localhost'))
  await expect(service.connect()).rejects.toThrow("is this system's own AWS endpoint")
})

test('requests are signed as AWS signs them', async () => {
  // The embedded endpoint of these tests takes any signature, so this one is checked as the system checks its own.
  const { createAuthenticate } = await import('../../wire/sigv4.ts')
  const { signatureHeaders } = await import('../../wire/sign.ts')
  const { KeyRing } = await import('../../iam/keys.ts')
  const clock = new ManualClock()
  const identity = { accessKeyId: 'local', secretAccessKey: 'local', region: 'us-east-1' }
  const headers = { host: '127.0.0.1:8000', 'content-type': 'application/x-amz-json-1.0' }
  const request = { method: 'POST', path: '/', query: new URLSearchParams(), headers, body: Buffer.from('{}') }
  const signature = signatureHeaders(request, 'dynamodb', { identity, nowMs: clock.now() })
  const authenticate = createAuthenticate(new KeyRing(), clock)
  expect(authenticate({ ...request, headers: { ...headers, ...signature } })).toEqual({ kind: 'administrator' })
  const tampered = { ...request, headers: { ...headers, ...signature }, body: Buffer.from('{ }') }
  expect(() => authenticate(tampered)).toThrow(expect.objectContaining({ name: 'InvalidSignatureException' }))
})
