import { chaosOf, describeChaos, faults, type Chaos, type Delay, type Fault } from './chaos.ts'
import { ManualClock } from './clock.ts'
import { DynamoDbService } from './dynamodb/service.ts'
import { loansTable } from './dynamodb/test/library.ts'
import { EventsService } from './events/service.ts'
import { allowAll } from './iam/types.ts'
import { EnvironmentPool } from './lambda/environment-pool.ts'
import type { FunctionConfiguration } from './lambda/function-configuration.ts'
import { SqsService } from './sqs/service.ts'
import { createQueue } from './sqs/testing.ts'
import { State } from './state/state.ts'
import { declare } from './wire/testing.ts'

/** Only these faults occur, at every opportunity and with these delays. */
const always = (delays: Partial<Record<Fault, number>>): Chaos => ({
  hits: (fault) => delays[fault] !== undefined,
  delayMs: (fault) => delays[fault] ?? 0,
  pick: (_fault, values) => values.at(-1)!,
})

const parts = (chaos: Chaos) => ({ state: new State(':memory:'), clock: new ManualClock(), access: allowAll, chaos })
const administrator = { principal: { kind: 'administrator' }, requestId: 'test' } as const

const decisions = (chaos: Chaos, fault: Fault) => Array.from({ length: 2000 }, () => chaos.hits(fault))

test('a seed gives each fault its own sequence, at its rate', () => {
  const [alone, among] = [chaosOf(7), chaosOf(7)]
  decisions(among, 'stale reads')
  const sequence = decisions(alone, 'transaction conflicts')
  expect(decisions(among, 'transaction conflicts')).toEqual(sequence)
  expect(decisions(chaosOf(8), 'transaction conflicts')).not.toEqual(sequence)
  for (const [fault, { rate }] of Object.entries(faults)) {
    const share = decisions(chaosOf(1), fault as Fault).filter(Boolean).length / 2000
    expect(Math.abs(share - rate)).toBeLessThan(0.03)
    expect(describeChaos(1)).toContain(fault)
  }
})

test('a delay is positive and bounded', () => {
  const chaos = chaosOf(3)
  for (const fault of Object.keys(faults).filter((name) => 'maximumMs' in faults[name as Fault]) as Delay[]) {
    const delays = Array.from({ length: 1000 }, () => chaos.delayMs(fault)).filter((delay) => delay > 0)
    expect(delays.length).toBeGreaterThan(0)
    expect(Math.max(...delays)).toBeLessThanOrEqual(faults[fault].maximumMs)
  }
})

describe('SQS', () => {
  function startQueue(chaos: Chaos) {
    const common = parts(chaos)
    const sqs = new SqsService({ ...common, endpoint: () => 'http://127.0.0.1:4566' })
    const { arn, url } = createQueue(sqs, 'loans')
    return { ...common, sqs, arn, url, receive: () => sqs.receive(arn, { max: 10, waitMs: 0 }) }
  }

  test('a deleted message is delivered once more, with the same id', async () => {
    const { sqs, arn, clock, receive } = startQueue(always({ 'messages delivered again after their deletion': 100 }))
    sqs.send(arn, { body: 'a' })
    const [first] = await receive()
    sqs.delete(arn, first!.receiptHandle)
    expect(await receive()).toEqual([])
    await clock.advance(100)
    const [second] = await receive()
    expect(second!.messageId).toBe(first!.messageId)
    sqs.delete(arn, second!.receiptHandle)
    expect(sqs.count('loans')).toBe(0)
  })

  test('a message is in flight twice, and its first receipt does not delete it then', async () => {
    const { sqs, arn, clock, receive } = startQueue(always({ 'messages delivered twice at once': 100 }))
    sqs.send(arn, { body: 'a' })
    const [first] = await receive()
    await clock.advance(100)
    expect(await receive()).toMatchObject([{ messageId: first!.messageId }])
    sqs.delete(arn, first!.receiptHandle)
    expect(sqs.count('loans')).toBe(1)
  })

  test('a message is late', async () => {
    const { sqs, arn, clock, receive } = startQueue(always({ 'messages delayed and reordered': 100 }))
    sqs.send(arn, { body: 'a' })
    expect(await receive()).toEqual([])
    await clock.advance(100)
    expect(await receive()).toHaveLength(1)
  })

  test('an entry of a batch fails at the service, and is not sent', async () => {
    const { sqs, url } = startQueue(always({ 'failed entries of SQS batches': 0 }))
    const entries = { QueueUrl: url, Entries: [{ Id: 'a', MessageBody: 'a' }] }
    expect(await sqs.wire.operations['SendMessageBatch']!.handle(entries, administrator)).toMatchObject({
      Successful: [],
      Failed: [{ Id: 'a', Code: 'InternalError', SenderFault: false }],
    })
    expect(sqs.count('loans')).toBe(0)
  })
})

describe('EventBridge', () => {
  const entries = { Entries: [{ Source: 'library', DetailType: 'Lent', Detail: '{}', EventBusName: 'desk' }] }
  async function startBus(chaos: Chaos) {
    const common = parts(chaos)
    const invoked: unknown[] = []
    const events = new EventsService({
      ...common,
      send: () => {},
      invoke: (_arn, payload) => void invoked.push(payload),
      report: () => {},
    })
    const Targets = [{ Id: 'f', Arn: 'arn:aws:lambda:us-east-1:000000000000:function:f' }]
    const rule = { EventBusName: 'desk', EventPattern: { source: ['library'] }, Targets }
    await declare(events.providers, 'AWS::Events::EventBus', 'Desk', { Name: 'desk' })
    await declare(events.providers, 'AWS::Events::Rule', 'Lent', rule)
    events.start()
    const put = () => events.wire.operations['PutEvents']!.handle(entries, administrator)
    return { ...common, events, invoked, put }
  }

  test.each([
    ['events delivered twice', 1, 2],
    ['events delayed and reordered', 0, 1],
  ] as const)('%s', async (fault, immediately, later) => {
    const { state, clock, events, invoked, put } = await startBus(always({ [fault]: 100 }))
    await put()
    expect(invoked).toHaveLength(immediately)
    await clock.advance(100)
    expect(invoked).toHaveLength(later)
    expect(new Set(invoked.map((event) => (event as { id: string }).id)).size).toBe(1)
    expect(state.all('SELECT id FROM events_delivery').length).toBe(0)
    events.stop()
  })

  test('an entry of PutEvents fails, and is not published', async () => {
    const { events, invoked, put } = await startBus(always({ 'failed entries of PutEvents': 0 }))
    expect(await put()).toMatchObject({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] })
    expect(invoked).toEqual([])
    events.stop()
  })
})

describe('DynamoDB', () => {
  async function startTable(delays: Partial<Record<Fault, number>>) {
    const current: Partial<Record<Fault, number>> = {}
    const common = parts(always(current))
    const service = new DynamoDbService(common)
    const execute = (operation: string, input: object) => service.execute(operation, { TableName: 'loans', ...input })
    await execute('CreateTable', loansTable)
    return { ...common, execute, begin: () => void Object.assign(current, delays) }
  }
  const key = (id: string) => ({ PK: { S: id }, SK: { S: 'LOAN' } })
  const loan = (id: string, title: string) => ({
    ...key(id),
    borrower: { S: 'ada' },
    title: { S: title },
    due: { N: '1' },
  })
  const put = (id: string, title = 'new') => ({ Item: loan(id, title) })

  test.each([
    ['transaction conflicts', 'TransactionConflictException', 'TransactionConflict'],
    ['throttled table requests', 'ProvisionedThroughputExceededException', 'ThrottlingError'],
  ] as const)('%s: nothing is written', async (fault, name, Code) => {
    const { execute, begin, state } = await startTable({ [fault]: 0 })
    begin()
    await expect(execute('PutItem', put('a'))).rejects.toMatchObject({ name })
    const TransactItems = ['a', 'b'].map((id) => ({ Put: { TableName: 'loans', ...put(id) } }))
    await expect(execute('TransactWriteItems', { TransactItems })).rejects.toMatchObject({
      members: { CancellationReasons: [{ Code: 'None' }, { Code }] },
    })
    expect(state.all('SELECT * FROM ddb_items')).toEqual([])
  })

  test('a read that is not consistent misses the newest writes, in the table and in an index, until they are old', async () => {
    const { execute, begin, clock } = await startTable({ 'stale reads': 100 })
    await execute('PutItem', put('a', 'old'))
    await clock.advance(200)
    begin()
    await execute('UpdateItem', {
      Key: key('a'),
      UpdateExpression: 'SET title = :t, borrower = :b',
      ExpressionAttributeValues: { ':t': { S: 'new' }, ':b': { S: 'bob' } },
    })
    await execute('PutItem', put('b'))
    const title = async (id: string, ConsistentRead = false) =>
      (await execute('GetItem', { Key: key(id), ConsistentRead })).Item?.title.S
    const ofAda = async () => {
      const { Items } = await execute('Query', {
        IndexName: 'byBorrower',
        KeyConditionExpression: 'borrower = :b',
        ExpressionAttributeValues: { ':b': { S: 'ada' } },
      })
      return Items.map(({ PK }: any) => PK.S)
    }
    expect([await title('a'), await title('b'), await ofAda()]).toEqual(['old', undefined, ['a']])
    expect([await title('a', true), await title('b', true)]).toEqual(['new', 'new'])
    await clock.advance(100)
    expect([await title('a'), await title('b'), await ofAda()]).toEqual(['new', 'new', ['b']])
  })

  test('a batch leaves entries unprocessed, except its first', async () => {
    const { execute, begin } = await startTable({ 'unprocessed entries of table batches': 0 })
    begin()
    const RequestItems = { loans: ['a', 'b'].map((id) => ({ PutRequest: { Item: loan(id, 'new') } })) }
    const { UnprocessedItems } = await execute('BatchWriteItem', { RequestItems })
    expect(UnprocessedItems).toEqual({ loans: [RequestItems.loans[1]] })
    const { Responses, UnprocessedKeys } = await execute('BatchGetItem', {
      RequestItems: { loans: { Keys: [key('a'), key('c')], ConsistentRead: true } },
    })
    expect(Responses.loans.length + UnprocessedKeys.loans.Keys.length).toBeLessThanOrEqual(2)
    expect(UnprocessedKeys.loans.Keys).toHaveLength(1)
  })
})

test('an execution environment ends after its invocation, so that the next one starts cold', async () => {
  let started = 0
  let stopped = 0
  const configuration = { name: 'lend' } as FunctionConfiguration
  const pool = new EnvironmentPool({
    clock: new ManualClock(),
    start: (of) => {
      started += 1
      return {
        configuration: of,
        ready: Promise.resolve({ initMs: 1 }),
        dead: false,
        closed: new Promise(() => {}),
        privateMemoryMb: 1,
        stop: async () => void (stopped += 1),
      }
    },
    ends: () => true,
  })
  for (let invocation = 0; invocation < 2; invocation += 1)
    pool.release((await pool.acquire(configuration)).environment)
  expect({ started, stopped }).toEqual({ started: 2, stopped: 2 })
})
