import { ManualClock, systemClock } from '../../clock.ts'
import { State } from '../../state/state.ts'
import type { StreamRecord } from '../stream-source.ts'
import { onlyShardId } from '../stream-log.ts'
import { loansTable, refusal, startLibrary } from '../test/library.ts'
import { RemoteDynamoDb } from './service.ts'

/** The remote endpoint: embedded tables with a state of their own, behind a port. */
let remoteLibrary: Awaited<ReturnType<typeof startLibrary>>
const services: RemoteDynamoDb[] = []
const states: State[] = []

beforeEach(async () => {
  remoteLibrary = await startLibrary()
})

afterEach(async () => {
  for (const service of services.splice(0)) service.stop()
  await remoteLibrary.stop()
  for (const state of states.splice(0)) state.close()
})

function newState(): State {
  const state = new State(':memory:')
  states.push(state)
  return state
}

function startRemote(state = newState(), ownEndpoint = 'http://127.0.0.1:1') {
  const warnings: string[] = []
  const service = new RemoteDynamoDb({
    state,
    clock: systemClock,
    url: new URL(remoteLibrary.config.endpoint),
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
  properties: { ...definition, TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true }, ...properties },
})

async function declare({ service }: { service: RemoteDynamoDb }, properties?: object) {
  const provider = service.providers.find(({ type }) => type === 'AWS::DynamoDB::Table')!
  const created = await provider.create(declaration(properties))
  return { ...created, streamArn: String(created.attributes!['StreamArn']) }
}

const TableName = 'library-Loans'
const key = (id: string) => ({ PK: { S: id }, SK: { S: 'COPY' } })

/** Resolves with all records of the stream once it has at least `count`. */
function records(service: RemoteDynamoDb, streamArn: string, count: number): Promise<StreamRecord[]> {
  return new Promise((resolve) => {
    const check = () => {
      const found = service.streams.read(streamArn, onlyShardId, 'TRIM_HORIZON', 100).records
      if (found.length < count) return
      unsubscribe()
      resolve(found)
    }
    const unsubscribe = service.streams.onRecords(streamArn, check)
    check()
  })
}

test('a declared table is created at the remote endpoint with keys, indexes, stream and time to live', async () => {
  const remote = startRemote()
  const { ref, limitations, streamArn } = await declare(remote)
  expect(ref).toBe(TableName)
  expect(streamArn).toMatch(/^arn:aws:dynamodb:us-east-1:000000000000:table\/library-Loans\/stream\//)
  expect(limitations).toEqual([`its items are stored at ${remoteLibrary.config.endpoint}`])
  const { Table } = await remoteLibrary.service.execute('DescribeTable', { TableName })
  expect(Table.KeySchema).toEqual(loansTable.KeySchema)
  expect(Table.GlobalSecondaryIndexes.map((index: any) => [index.IndexName, index.Projection])).toEqual(
    loansTable.GlobalSecondaryIndexes!.map((index) => [index.IndexName, index.Projection]),
  )
  expect(Table.LocalSecondaryIndexes).toHaveLength(1)
  expect(Table.StreamSpecification).toEqual(loansTable.StreamSpecification)
  const { TimeToLiveDescription } = await remoteLibrary.service.execute('DescribeTimeToLive', { TableName })
  expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' })
})

test('items are written and read remotely, and responses and errors are returned unchanged', async () => {
  const remote = startRemote()
  await declare(remote)
  await remote.execute('PutItem', { TableName, Item: { ...key('a'), n: { N: '1' } } })
  expect((await remoteLibrary.service.execute('GetItem', { TableName, Key: key('a') })).Item).toEqual({
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

test('table ARNs are accepted as table names', async () => {
  const remote = startRemote()
  const { attributes } = await declare(remote)
  const arn = String(attributes!['Arn'])
  await remote.execute('TransactWriteItems', { TransactItems: [{ Put: { TableName: arn, Item: key('a') } }] })
  expect(await remote.execute('GetItem', { TableName: arn, Key: key('a') })).toEqual({ Item: key('a') })
  const batch = await remote.execute('BatchGetItem', { RequestItems: { [arn]: { Keys: [key('a')] } } })
  expect(batch.Responses[TableName]).toEqual([key('a')])
})

test('access includes the leading keys, and requests without a known access are not sent to the remote endpoint', async () => {
  const remote = startRemote()
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
  await remoteLibrary.service.execute('CreateTable', { ...loansTable, TableName: 'undeclared' })
  for (const [operation, input] of [
    ['PutItem', { ...put, TableName: 'undeclared' }],
    ['BatchWriteItem', { RequestItems: { undeclared: [{ PutRequest: { Item: key('a') } }] } }],
    ['TransactWriteItems', { TransactItems: [{ Put: { ...put, TableName: 'undeclared' } }] }],
  ] as const) {
    expect(await refusal(remote.execute(operation, input))).toMatchObject({ name: 'ResourceNotFoundException' })
  }
  for (const name of [TableName, 'undeclared']) {
    expect((await remoteLibrary.service.execute('Scan', { TableName: name })).Count).toBe(0)
  }
  const statement = { Statement: `SELECT * FROM "${TableName}"` }
  await expect(remote.execute('ExecuteStatement', statement)).rejects.toThrow()
})

test('remote changes by any client are copied to the local stream, once and in order', async () => {
  const remote = startRemote()
  const { streamArn } = await declare(remote)
  remote.service.start()
  let woken = 0
  remote.service.streams.onRecords(streamArn, () => (woken += 1))
  await remote.execute('PutItem', { TableName, Item: key('a') })
  await remoteLibrary.service.execute('PutItem', { TableName, Item: { ...key('a'), n: { N: '2' } } })
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

test('after a restart the stream has the changes made in between, and no duplicates', async () => {
  const state = newState()
  const before = startRemote(state)
  const { streamArn } = await declare(before)
  before.service.start()
  await before.execute('PutItem', { TableName, Item: key('a') })
  await records(before.service, streamArn, 1)
  before.service.stop()
  await remoteLibrary.service.execute('PutItem', { TableName, Item: key('b') })
  const after = startRemote(state)
  expect((await declare(after)).streamArn).toBe(streamArn)
  const found = await records(after.service, streamArn, 2)
  expect(found.map((record) => record.dynamodb.Keys['PK']!.S)).toEqual(['a', 'b'])
})

test('existing records are copied before a mapping can start at LATEST', async () => {
  const first = startRemote()
  await declare(first)
  await first.execute('PutItem', { TableName, Item: key('a') })
  const { service } = startRemote()
  const { streamArn } = await declare({ service })
  const latest = service.streams.read(streamArn, onlyShardId, 'LATEST', 1).position
  expect(service.streams.read(streamArn, onlyShardId, latest, 10).records).toEqual([])
  expect(service.streams.read(streamArn, onlyShardId, 'TRIM_HORIZON', 10).records).toHaveLength(1)
})

test('a remote table with another key is rejected with an error that names it', async () => {
  await remoteLibrary.service.execute('CreateTable', {
    TableName,
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  })
  await expect(declare(startRemote())).rejects.toThrow(
    "The table library-Loans exists at its endpoint with another key (id: N) than the template's (PK: S, SK: S)",
  )
})

test('the API creates and deletes tables locally and remotely', async () => {
  const remote = startRemote()
  await remote.execute('CreateTable', loansTable)
  await remote.execute('PutItem', { TableName: 'loans', Item: key('a') })
  expect((await remoteLibrary.service.execute('ListTables', {})).TableNames).toEqual(['loans'])
  await remote.execute('DeleteTable', { TableName: 'loans' })
  expect((await remoteLibrary.service.execute('ListTables', {})).TableNames).toEqual([])
  expect(await remote.execute('ListTables', {})).toEqual({ TableNames: [] })
})

test('an endpoint that does not respond is reported by connect and by every operation', async () => {
  const remote = startRemote()
  await declare(remote)
  await remote.service.connect()
  const { endpoint } = remoteLibrary.config
  await remoteLibrary.stop()
  const unavailable = {
    name: 'ServiceUnavailable',
    statusCode: 503,
    message: expect.stringContaining(`${endpoint} does not`),
  }
  expect(await refusal(remote.execute('GetItem', { TableName, Key: key('a') }))).toMatchObject(unavailable)
  await expect(remote.service.connect()).rejects.toThrow(`The DynamoDB at ${endpoint} does not respond (ECONNREFUSED).`)
  remoteLibrary = await startLibrary()
})

test('connect rejects the AWS endpoint of the same system as the remote endpoint', async () => {
  const { service } = startRemote(newState(), remoteLibrary.config.endpoint.replace('127.0.0.1', 'localhost'))
  await expect(service.connect()).rejects.toThrow("is this system's own AWS endpoint")
})

test('requests are signed with Signature Version 4', async () => {
  // The endpoint of these tests accepts any signature, so this test verifies one as the system does.
  const { createAuthenticate } = await import('../../wire/sigv4.ts')
  const { signatureHeaders } = await import('../../wire/signature.ts')
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
