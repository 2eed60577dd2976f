import { refusal, withLoans } from './test/library.ts'

const TableName = 'loans'
const key = (id: string) => ({ PK: { S: id }, SK: { S: 'COPY' } })
const put = (id: string) => ({ Put: { TableName, Item: key(id) } })
const check = (id: string) => ({
  ConditionCheck: { TableName, Key: key(id), ConditionExpression: 'attribute_not_exists(PK)' },
})

async function makeLoans() {
  const { execute } = await withLoans()
  return {
    execute,
    transact: (...items: object[]) => execute('TransactWriteItems', { TransactItems: items }),
    read: (...ids: string[]) =>
      execute('TransactGetItems', { TransactItems: ids.map((id) => ({ Get: { TableName, Key: key(id) } })) }),
    ids: async () => (await execute('Scan', {})).Items.map((item: any) => item.PK.S).toSorted(),
  }
}

const conflict = { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' }

/** "Transaction conflict handling in DynamoDB", in "Amazon DynamoDB Transactions: How it works". */
test('of two transactions that overlap on an item the later one is cancelled', async () => {
  const { transact, ids } = await makeLoans()
  const first = transact(put('a'), put('b'))
  const second = refusal(transact(put('c'), put('b')))
  const third = transact(put('d'))
  expect(await second).toMatchObject({
    name: 'TransactionCanceledException',
    message:
      'Transaction cancelled, please refer cancellation reasons for specific reasons [None, TransactionConflict]',
    members: { CancellationReasons: [{ Code: 'None' }, conflict] },
  })
  await Promise.all([first, third])
  expect(await ids()).toEqual(['a', 'b', 'd'])
  await transact(put('c'), put('b'))
  expect(await ids()).toEqual(['a', 'b', 'c', 'd'])
})

test('an item that a transaction only checks conflicts as well', async () => {
  const { transact } = await makeLoans()
  const first = transact(put('a'), check('b'))
  expect(await refusal(transact(put('b')))).toMatchObject({ members: { CancellationReasons: [conflict] } })
  await first
})

test.each([
  ['PutItem', { Item: key('a') }],
  ['UpdateItem', { Key: key('a'), UpdateExpression: 'REMOVE title' }],
  ['DeleteItem', { Key: key('a') }],
])('%s of an item with an ongoing transaction is rejected', async (operation, input) => {
  const { execute, transact } = await makeLoans()
  const ongoing = transact(put('a'))
  expect(await refusal(execute(operation, input))).toMatchObject({
    name: 'TransactionConflictException',
    message: conflict.Message,
  })
  await ongoing
  await execute(operation, input)
})

test('BatchWriteItem returns the requests for items with an ongoing transaction', async () => {
  const { execute, transact, ids } = await makeLoans()
  const requests = ['a', 'b'].map((id) => ({ PutRequest: { Item: key(id) } }))
  const ongoing = transact(put('a'))
  const response = await execute('BatchWriteItem', { RequestItems: { [TableName]: requests } })
  expect(response).toEqual({ UnprocessedItems: { [TableName]: [requests[0]] } })
  await ongoing
  expect(await ids()).toEqual(['a', 'b'])
})

test('TransactGetItems is cancelled when one of its items has an ongoing write', async () => {
  const { execute, transact, read } = await makeLoans()
  for (const write of [() => transact(put('a')), () => execute('PutItem', { Item: key('a') })]) {
    const ongoing = write()
    expect(await refusal(read('b', 'a'))).toMatchObject({
      name: 'TransactionCanceledException',
      members: { CancellationReasons: [{ Code: 'None' }, conflict] },
    })
    await ongoing
  }
  expect(await read('b', 'a')).toEqual({ Responses: [{}, { Item: key('a') }] })
})

test('other reads, and plain writes of one item, do not conflict', async () => {
  const { execute, transact } = await makeLoans()
  const ongoing = [transact(put('a')), ...[1, 2, 3].map(() => execute('PutItem', { Item: key('b') }))]
  expect(await execute('GetItem', { Key: key('a'), ConsistentRead: true })).toEqual({})
  await Promise.all(ongoing)
  expect(await execute('GetItem', { Key: key('a'), ConsistentRead: true })).toEqual({ Item: key('a') })
})

test('sequential transactions never conflict', async () => {
  const { transact, execute } = await makeLoans()
  for (let count = 0; count < 20; count++) {
    await transact(put('a'))
    await execute('PutItem', { Item: key('a') })
  }
})

test('a token is in progress until its transaction ends, however it ends', async () => {
  const { execute } = await makeLoans()
  const request = { ClientRequestToken: 'loan-1', TransactItems: [check('a'), put('b')] }
  const first = execute('TransactWriteItems', request)
  expect(await refusal(execute('TransactWriteItems', request))).toMatchObject({
    name: 'TransactionInProgressException',
  })
  await first
  expect(await execute('TransactWriteItems', request)).toEqual({})
  const failing = { TransactItems: [check('b')], ClientRequestToken: 'loan-2' }
  for (const _attempt of [1, 2]) {
    expect(await refusal(execute('TransactWriteItems', failing))).toMatchObject({
      members: { CancellationReasons: [{ Code: 'ConditionalCheckFailed' }] },
    })
  }
})

test('writes of one turn see each other, in their order, and a failed one leaves the others in place', async () => {
  const { execute, ids } = await makeLoans()
  const ConditionExpression = 'attribute_not_exists(PK)'
  const outcomes = await Promise.allSettled(
    ['a', 'a', 'b'].map((id) => execute('PutItem', { Item: key(id), ConditionExpression })),
  )
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await ids()).toEqual(['a', 'b'])
})
