import { loansTable, makeService, refusal } from './test/library.ts'

const TableName = 'loans'
const Key = { PK: { S: 'book' }, SK: { S: 'COPY' } }

async function makeLoans() {
  const { service } = makeService()
  await service.execute('CreateTable', loansTable)
  await service.execute('PutItem', { TableName, Item: { ...Key, n: { N: '1' } } })
  return (operation: string, input: object) => service.execute(operation, { TableName, ...input })
}

test.each([
  ['n < :v', { BOOL: true }, 'operator or function: <, operand type: BOOL'],
  ['n = :v OR NOT (n >= :v)', { L: [] }, 'operator or function: >=, operand type: L'],
  ['n BETWEEN :v AND due', { SS: ['a'] }, 'operator or function: BETWEEN, operand type: SS'],
  ['n BETWEEN n AND :v', { N: '1' }, 'The first operand must be distinct from the remaining operands'],
  ['n IN (:v, n)', { N: '1' }, 'operator: IN, first operand: [n]'],
])('%s with %j is rejected for any item', async (ConditionExpression, value, message) => {
  const execute = await makeLoans()
  const values = { ExpressionAttributeValues: { ':v': value } }
  const refused = await refusal(execute('DeleteItem', { Key, ConditionExpression, ...values }))
  expect(refused).toMatchObject({ name: 'ValidationException', message: expect.stringContaining(message) })
  expect(refused.message).toMatch(/^Invalid ConditionExpression: /)
})

test('unordered bounds of BETWEEN are reported before bounds of different types', async () => {
  const execute = await makeLoans()
  const values = { ExpressionAttributeValues: { ':a': { NULL: true }, ':b': { N: '1' } } }
  const refused = refusal(execute('DeleteItem', { Key, ConditionExpression: 'n BETWEEN :a AND :b', ...values }))
  expect(await refused).toMatchObject({
    message:
      'Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: BETWEEN, operand type: NULL',
  })
})

test('the error of ADD and DELETE with a wrong operand names the allowed types', async () => {
  const execute = await makeLoans()
  const values = { ExpressionAttributeValues: { ':v': { S: 'a' } } }
  for (const action of ['ADD', 'DELETE']) {
    const refused = await refusal(execute('UpdateItem', { Key, UpdateExpression: `${action} n :v`, ...values }))
    expect(refused.message).toMatch(new RegExp(`operator: ${action}, .*, typeSet: ALLOWED_FOR_${action}_OPERAND$`))
  }
})

test('a double negation is accepted', async () => {
  const execute = await makeLoans()
  const put = (ConditionExpression: string) => execute('PutItem', { Item: Key, ConditionExpression })
  expect(await refusal(put('NOT NOT attribute_not_exists(n)'))).toMatchObject({
    name: 'ConditionalCheckFailedException',
  })
  await put('NOT NOT NOT attribute_not_exists(n)')
})

test('a query of an index is rejected when it filters by attributes that are not projected', async () => {
  const execute = await makeLoans()
  const query = {
    IndexName: 'borrowersOnly',
    KeyConditionExpression: 'borrower = :v',
    FilterExpression: 'title = :v AND due = :v',
    ExpressionAttributeValues: { ':v': { S: 'a' } },
  }
  expect(await refusal(execute('Query', query))).toMatchObject({
    message:
      'One or more parameter values were invalid: Secondary index borrowersOnly does not project one or more filter attributes: [due, title]',
  })
})

test('a consistent scan of a global index is rejected', async () => {
  const execute = await makeLoans()
  const refused = refusal(execute('Scan', { IndexName: 'byBorrower', ConsistentRead: true }))
  expect(await refused).toMatchObject({ message: 'Consistent reads are not supported on global secondary indexes' })
})

test('an item with an invalid index key is rejected before its condition is evaluated', async () => {
  const execute = await makeLoans()
  const Item = { ...Key, borrower: { N: '1' } }
  const refused = refusal(execute('PutItem', { Item, ConditionExpression: 'attribute_exists(absent)' }))
  expect(await refused).toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('Type mismatch'),
  })
})
