import { TransactionCanceledException, type AttributeValue, type TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { refusal, startLibrary } from './test/library.ts'

let library: Awaited<ReturnType<typeof startLibrary>>
beforeEach(async () => (library = await startLibrary()))
afterEach(() => library.stop())

const TableName = 'loans'
const key = (id: string) => ({ PK: { S: id }, SK: { S: 'COPY' } })
const put = (id: string, extra = {}): TransactWriteItem => ({ Put: { TableName, Item: { ...key(id), ...extra } } })
const transact = (items: TransactWriteItem[], rest = {}) =>
  library.client.transactWriteItems({ TransactItems: items, ...rest })
const get = async (id: string) => (await library.client.getItem({ TableName, Key: key(id) })).Item
const count = async () => (await library.client.scan({ TableName, Select: 'COUNT' })).Count

const take = (id: string, rest = {}): TransactWriteItem => ({
  Update: {
    TableName,
    Key: key(id),
    UpdateExpression: 'SET available = available - :one',
    ConditionExpression: 'available >= :one',
    ExpressionAttributeValues: { ':one': { N: '1' } },
    ...rest,
  },
})

/** Repeats a transaction that conflicts with another one, as AWS's SDKs do not. */
async function untilNoConflict(items: TransactWriteItem[]): Promise<unknown> {
  for (;;) {
    const response = await transact(items).catch((error: unknown) => error)
    if (!(response instanceof TransactionCanceledException)) return response
    if (!response.CancellationReasons!.some(({ Code }) => Code === 'TransactionConflict')) throw response
  }
}

test('exactly 20 of 80 concurrent transactions take one of 20 copies', async () => {
  await transact([put('book', { available: { N: '20' } })])
  const outcomes = await Promise.allSettled(
    Array.from({ length: 80 }, (_, reader) => untilNoConflict([take('book'), put(`reader-${reader}`)])),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
  expect((await get('book'))!['available']).toEqual({ N: '0' })
  expect(await count()).toBe(21)
})

test('exactly 50 of 200 concurrent updates take one of 50 copies', async () => {
  await transact([put('book', { available: { N: '50' } })])
  const outcomes = await Promise.allSettled(
    Array.from({ length: 200 }, () => library.client.updateItem(take('book').Update as never)),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(50)
})

test('a failed condition cancels the transaction, with a reason for every action', async () => {
  await transact([put('book', { available: { N: '0' }, title: { S: 'Dune' } })])
  const error = await refusal(
    transact([
      put('other'),
      take('book', { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
      { Delete: { TableName, Key: key('absent'), ConditionExpression: 'attribute_exists(PK)' } },
      put('wrong', { borrower: { N: '1' } }),
    ]),
  )
  expect(error.name).toBe('TransactionCanceledException')
  expect(error.message).toBe(
    'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ConditionalCheckFailed, ValidationError]',
  )
  expect(error.CancellationReasons).toEqual([
    { Code: 'None' },
    {
      Code: 'ConditionalCheckFailed',
      Message: 'The conditional request failed',
      Item: { ...key('book'), available: { N: '0' }, title: { S: 'Dune' } },
    },
    { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
    { Code: 'ValidationError', Message: expect.stringContaining('Type mismatch for Index Key borrower') },
  ])
  expect(await count()).toBe(1)
})

test('ConditionCheck guards a transaction without writing its item', async () => {
  await transact([put('guard')])
  const guarded = (ConditionExpression: string) =>
    transact([{ ConditionCheck: { TableName, Key: key('guard'), ConditionExpression } }, put('guarded')])
  await refusal(guarded('attribute_not_exists(PK)'))
  expect(await get('guarded')).toBeUndefined()
  await guarded('attribute_exists(PK)')
  expect(await get('guarded')).toEqual(key('guarded'))
})

test('a key that does not match its table cancels the transaction', async () => {
  const error = await refusal(transact([put('book'), { Delete: { TableName, Key: { PK: { S: 'x' } } } }]))
  expect(error.CancellationReasons).toEqual([
    { Code: 'None' },
    { Code: 'ValidationError', Message: 'The provided key element does not match the schema' },
  ])
  expect(await count()).toBe(0)
})

const emptyKey =
  'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: PK'
const setBorrower = (borrower: AttributeValue): TransactWriteItem => ({
  Update: {
    TableName,
    Key: key('new'),
    UpdateExpression: 'SET borrower = :b',
    ExpressionAttributeValues: { ':b': borrower },
  },
})

/** Recorded from the service by the public conformance suite nubo-db/dynamodb-conformance. */
test.each<[what: string, action: TransactWriteItem, message: string]>([
  ['an empty key', { Delete: { TableName, Key: { ...key(''), SK: { S: 'COPY' } } } }, emptyKey],
  ['an item with an empty key', put(''), emptyKey],
  [
    'an item with an empty index key',
    put('a', { borrower: { S: '' } }),
    'One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: borrowersOnly, IndexKey: borrower',
  ],
  [
    'an update to an empty index key',
    setBorrower({ S: '' }),
    'One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty string value.',
  ],
  [
    'an item over 400 KB',
    put('a', { text: { S: 'x'.repeat(400 * 1024) } }),
    'Item size has exceeded the maximum allowed size',
  ],
])('%s rejects the whole transaction', async (_what, action, message) => {
  expect(await refusal(transact([put('first'), action]))).toMatchObject({ name: 'ValidationException', message })
  expect(await count()).toBe(0)
})

test.each<[what: string, action: TransactWriteItem, message: string]>([
  ['a key of another type', put('a', { PK: { N: '5' } }), 'Type mismatch for key PK expected: S actual: N'],
  ['an update to an index key of another type', setBorrower({ N: '5' }), 'Type mismatch for Index Key borrower'],
])('%s is the reason for which a transaction is cancelled', async (_what, action, message) => {
  expect(await refusal(transact([put('first'), action]))).toMatchObject({
    name: 'TransactionCanceledException',
    CancellationReasons: [{ Code: 'None' }, { Code: 'ValidationError', Message: expect.stringContaining(message) }],
  })
})

test('two actions on one item are rejected', async () => {
  const error = await refusal(transact([put('book'), take('book')]))
  expect(error).toMatchObject({
    name: 'ValidationException',
    message: 'Transaction request cannot include multiple operations on one item',
  })
})

test('a transaction has 1 to 100 entries, each with exactly one action', async () => {
  const many = (size: number) => Array.from({ length: size }, (_, index) => put(`book-${index}`))
  await transact(many(100))
  expect(await count()).toBe(100)
  expect(await refusal(transact(many(101)))).toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('Member must have length less than or equal to 100'),
  })
  expect((await refusal(transact([]))).name).toBe('ValidationException')
  expect((await refusal(transact([{ ...put('a'), Delete: { TableName, Key: key('b') } }]))).message).toBe(
    'TransactItems can only contain one of Check, Put, Update or Delete',
  )
})

test('a transaction over 4 MB is rejected', async () => {
  const text = { S: 'x'.repeat(390_000) }
  const items = Array.from({ length: 11 }, (_, index) => put(`book-${index}`, { text }))
  expect((await refusal(transact(items))).name).toBe('ValidationException')
  expect(await count()).toBe(0)
  await transact(items.slice(0, 10))
  expect(await get('book-9')).toBeDefined()
})

test('a token makes a retry idempotent for ten minutes, and is rejected for another request', async () => {
  await transact([put('book', { available: { N: '5' } })])
  const token = { ClientRequestToken: 'loan-1' }
  await transact([take('book')], token)
  await transact([take('book')], token)
  expect((await get('book'))!['available']).toEqual({ N: '4' })
  expect((await refusal(transact([put('other')], token))).name).toBe('IdempotentParameterMismatchException')
  await library.clock.advance(10 * 60 * 1000)
  await transact([take('book')], token)
  expect((await get('book'))!['available']).toEqual({ N: '3' })
})

test('a cancelled transaction can be retried with its token', async () => {
  await transact([put('book', { available: { N: '0' } })])
  const token = { ClientRequestToken: 'loan-1' }
  await refusal(transact([take('book')], token))
  await library.client.putItem({ TableName, Item: { ...key('book'), available: { N: '1' } } })
  await transact([take('book')], token)
  expect((await get('book'))!['available']).toEqual({ N: '0' })
})

test('a transaction consumes twice the capacity, and a retry consumes reads', async () => {
  const options = { ClientRequestToken: 'a', ReturnConsumedCapacity: 'TOTAL' }
  const first = await transact([put('book', { text: { S: 'x'.repeat(1500) } })], options)
  expect(first.ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 4, WriteCapacityUnits: 4 }])
  const repeat = await transact([put('book', { text: { S: 'x'.repeat(1500) } })], options)
  expect(repeat.ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 2, ReadCapacityUnits: 2 }])
})

test('a transaction consumes as much of an index as a single write', async () => {
  const detailed = { ReturnConsumedCapacity: 'INDEXES' as const }
  const lent = (borrower: string) =>
    put('book', { borrower: { S: borrower }, due: { N: '5' }, text: { S: 'x'.repeat(1500) } })
  const twoUnits = { CapacityUnits: 2, WriteCapacityUnits: 2 }
  const oneUnit = { CapacityUnits: 1, WriteCapacityUnits: 1 }
  const created = await transact([lent('ada')], detailed)
  expect(created.ConsumedCapacity).toMatchObject([
    {
      CapacityUnits: 2 * 2 + 2 + 1 + 1 + 1,
      Table: { CapacityUnits: 4, WriteCapacityUnits: 4 },
      LocalSecondaryIndexes: { byDue: oneUnit },
      GlobalSecondaryIndexes: { byBorrower: twoUnits, borrowersOnly: oneUnit, borrowersWithTitle: oneUnit },
    },
  ])
  const moved = await transact([lent('bob')], detailed)
  expect(moved.ConsumedCapacity).toMatchObject([{ CapacityUnits: 2 * 2 + 2 * (2 + 1 + 1) }])
})

test('TransactGetItems returns items in order, with empty entries for absent ones and empty projections', async () => {
  await transact([put('a', { title: { S: 'A' }, year: { N: '1' } }), put('b'), put('c')])
  const response = await library.client.transactGetItems({
    TransactItems: [
      { Get: { TableName, Key: key('b') } },
      { Get: { TableName, Key: key('absent') } },
      { Get: { TableName, Key: key('a'), ProjectionExpression: 'title' } },
      { Get: { TableName, Key: key('c'), ProjectionExpression: 'title' } },
    ],
    ReturnConsumedCapacity: 'TOTAL',
  })
  expect(response.Responses).toEqual([{ Item: key('b') }, {}, { Item: { title: { S: 'A' } } }, {}])
  expect(response.ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 8, ReadCapacityUnits: 8 }])
  const twice = { Get: { TableName, Key: key('a') } }
  const refused = await refusal(library.client.transactGetItems({ TransactItems: [twice, twice] }))
  expect(refused.message).toBe('Transaction request cannot include multiple operations on one item')
})
