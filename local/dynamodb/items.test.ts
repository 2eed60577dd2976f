import { refusal, withLoans } from './test/library.ts'

const TableName = 'loans'
const key = { PK: { S: 'a' }, SK: { S: 'k' } }

async function makeLoans() {
  const { execute } = await withLoans()
  const put = (item: object, rest = {}) => execute('PutItem', { Item: { ...key, ...item }, ...rest })
  const get = async () => (await execute('GetItem', { Key: key })).Item
  return { execute, put, get }
}

test('every type is returned as stored, with numbers in canonical form and sets in order', async () => {
  const { put, get } = await makeLoans()
  const item = {
    text: { S: '' },
    number: { N: '12345678901234567890.123456789012345678' },
    bytes: { B: new Uint8Array([0, 255]) },
    yes: { BOOL: true },
    nothing: { NULL: true },
    sets: { SS: ['b', '\u{1f4d6}', '\uff0d', '', 'a'] },
    numbers: { NS: ['1e3', '1.10', '-2', '-10'] },
    blobs: { BS: [new Uint8Array([255]), new Uint8Array([1, 0]), new Uint8Array([1])] },
    nested: { L: [{ M: { deep: { L: [] }, n: { N: '-0.0' } } }] },
  }
  await put(item)
  expect(await get()).toEqual({
    ...key,
    ...item,
    bytes: { B: 'AP8=' },
    sets: { SS: ['', 'a', 'b', '\uff0d', '\u{1f4d6}'] },
    numbers: { NS: ['-10', '-2', '1.1', '1000'] },
    blobs: { BS: ['AQ==', 'AQA=', '/w=='] },
    nested: { L: [{ M: { deep: { L: [] }, n: { N: '0' } } }] },
  })
})

const refused: [item: object, message: string][] = [
  [{ a: {} }, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
  [{ a: { S: 'x', N: '1' } }, 'Supplied AttributeValue has more than one datatypes set'],
  [{ a: { N: 'abc' } }, 'The parameter cannot be converted to a numeric value: abc'],
  [{ a: { N: '1'.repeat(39) } }, 'Attempting to store more than 38 significant digits in a Number'],
  [{ a: { N: '1e126' } }, 'Number overflow'],
  [{ a: { N: '1e-131' } }, 'Number underflow'],
  [{ a: { SS: [] } }, 'An string set  may not be empty'],
  [{ a: { SS: ['x', 'x'] } }, 'contains duplicates'],
  [{ a: { NS: ['1', '1.0'] } }, 'Input collection contains duplicates'],
  [{ a: { NULL: false } }, 'Null attribute value types must have the value of true'],
  [{ a: nested(32) }, 'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels'],
  [{ PK: { S: '' } }, 'The AttributeValue for a key attribute cannot contain an empty string value. Key: PK'],
  [{ PK: { N: '1' } }, 'Type mismatch for key PK expected: S actual: N'],
  [{ PK: { S: 'é'.repeat(1025) } }, 'Size of hashkey has exceeded the maximum size limit of2048 bytes'],
  [{ SK: { S: 'x'.repeat(1025) } }, 'Aggregated size of all range keys has exceeded the size limit of 1024 bytes'],
  [{ SK: undefined }, 'Missing the key SK in the item'],
  [{ borrower: { N: '1' } }, 'Type mismatch for Index Key borrower Expected: S Actual: N IndexName: borrowersOnly'],
  [{ borrower: { S: '' } }, 'IndexName: borrowersOnly, IndexKey: borrower'],
  [{ text: { S: 'x'.repeat(400 * 1024) } }, 'Item size has exceeded the maximum allowed size'],
]

test.each(refused)('the item %.60j is rejected', async (item, message) => {
  const { put, get } = await makeLoans()
  const error = await refusal(put(item))
  expect(error).toMatchObject({ name: 'ValidationException', message: expect.stringContaining(message) })
  expect(await get()).toBeUndefined()
})

test('an item of exactly 400 KB is accepted, and an update that enlarges it is rejected', async () => {
  const { execute, put, get } = await makeLoans()
  // Names PK, SK, x and their values: 2 + 1 + 2 + 1 + 1 bytes.
  await put({ x: { S: 'y'.repeat(400 * 1024 - 7) } })
  const grow = execute('UpdateItem', {
    Key: key,
    UpdateExpression: 'SET z = :t',
    ExpressionAttributeValues: { ':t': { BOOL: true } },
  })
  expect((await refusal(grow)).message).toBe('Item size to update has exceeded the maximum allowed size')
  expect(await get()).not.toHaveProperty('z')
})

test.each([
  ['SET x = :text', 1 + 3 + 19],
  ['SET x = :text REMOVE y', 1 + 3 + 19 + 2],
  ['SET x = :text, z = y', 1 + 3 + 19 + (1 + 19)],
  ['SET pages[0] = :text', 5 + 4 + 3 + 20],
])(
  'UpdateItem limits what "%s" writes, with an overhead, and a transaction does not',
  async (UpdateExpression, bytes) => {
    const { execute, put, get } = await makeLoans()
    await put({ y: { S: '' }, pages: { L: [{ S: '' }] } })
    const update = (text: string) => {
      return { TableName, Key: key, UpdateExpression, ExpressionAttributeValues: { ':text': { S: text } } }
    }
    const text = 'x'.repeat(400 * 1024 - bytes)
    expect((await refusal(execute('UpdateItem', update(`${text}x`)))).message).toBe(
      'Item size to update has exceeded the maximum allowed size',
    )
    await execute('UpdateItem', update(text))
    await execute('TransactWriteItems', { TransactItems: [{ Update: update(`${text}x`) }] })
    expect(JSON.stringify(await get())).toContain(`${text}x`)
  },
)

test('a value in 31 lists is accepted, and an update that nests it deeper is rejected', async () => {
  const { execute, put, get } = await makeLoans()
  await put({ a: nested(31), b: { M: {} } })
  const move = execute('UpdateItem', { Key: key, UpdateExpression: 'SET b.c = a' })
  expect((await refusal(move)).message).toContain('Nesting Levels have exceeded supported limits')
  expect(await get()).toEqual({ ...key, a: nested(31), b: { M: {} } })
})

const wrongRequests: [operation: string, input: object, name: string, message: string][] = [
  ['GetItem', { Key: { PK: { S: 'a' } } }, 'ValidationException', 'The provided key element does not match the schema'],
  [
    'GetItem',
    { Key: { ...key, X: { S: 'x' } } },
    'ValidationException',
    'The provided key element does not match the schema',
  ],
  [
    'GetItem',
    { Key: { ...key, SK: { N: '1' } } },
    'ValidationException',
    'The provided key element does not match the schema',
  ],
  ['GetItem', { Key: key, TableName: 'absent' }, 'ResourceNotFoundException', 'Requested resource not found'],
  ['GetItem', { Key: 'x' }, 'SerializationException', 'Unexpected field type'],
  [
    'GetItem',
    { Key: key, AttributesToGet: ['a'] },
    'ValidationException',
    'The legacy parameter AttributesToGet is not emulated',
  ],
  ['PutItem', { Item: key, Expected: {} }, 'ValidationException', 'The legacy parameter Expected is not emulated'],
  [
    'UpdateItem',
    { Key: key, AttributeUpdates: {} },
    'ValidationException',
    'The legacy parameter AttributeUpdates is not emulated',
  ],
  [
    'PutItem',
    { Item: key, ReturnValues: 'ALL_NEW' },
    'ValidationException',
    'ReturnValues can only be ALL_OLD or NONE',
  ],
  ['PutItem', { Item: key, ReturnValues: 'SOME' }, 'ValidationException', 'Member must satisfy enum value set'],
  ['PutItem', { Item: { a: { S: 1 } } }, 'SerializationException', 'NUMBER_VALUE cannot be converted to String'],
  [
    'PutItem',
    { Item: key, ExpressionAttributeNames: { '#a': 'a' } },
    'ValidationException',
    'ExpressionAttributeNames can only be specified when using expressions',
  ],
  [
    'PutItem',
    { Item: key, ExpressionAttributeValues: { ':a': { S: 'a' } } },
    'ValidationException',
    'ExpressionAttributeValues can only be specified when using expressions',
  ],
  [
    'PutItem',
    { Item: key, ConditionExpression: 'attribute_not_exists(PK)', ExpressionAttributeNames: { '#a': 'a' } },
    'ValidationException',
    'Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}',
  ],
  [
    'PutItem',
    {
      Item: key,
      ConditionExpression: 'attribute_not_exists(PK)',
      ExpressionAttributeValues: { ':a': { S: 'a' } },
    },
    'ValidationException',
    'Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}',
  ],
  ['ExecuteStatement', { Statement: 'SELECT' }, 'ValidationException', 'PartiQL is not emulated'],
  ['RestoreTableFromBackup', {}, 'UnknownOperationException', 'RestoreTableFromBackup is not emulated.'],
]

test.each(wrongRequests)('%s %.60j is rejected with %s', async (operation, input, name, message) => {
  const { execute } = await makeLoans()
  const error = await refusal(execute(operation, input))
  expect(error).toMatchObject({ name, message: expect.stringContaining(message) })
})

test('a failed condition returns the old item on request, and ALL_OLD the previous item', async () => {
  const { execute, put } = await makeLoans()
  await put({ n: { N: '1' } })
  const condition = { ConditionExpression: 'attribute_not_exists(PK)' }
  expect((await refusal(put({}, condition))).members).toEqual({})
  const shown = await refusal(put({}, { ...condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }))
  expect(shown.members).toEqual({ Item: { ...key, n: { N: '1' } } })
  expect(await put({ n: { N: '2' } }, { ReturnValues: 'ALL_OLD' })).toEqual({ Attributes: { ...key, n: { N: '1' } } })
  const remove = { Key: key, ReturnValues: 'ALL_OLD' }
  expect(await execute('DeleteItem', remove)).toEqual({ Attributes: { ...key, n: { N: '2' } } })
  expect(await execute('DeleteItem', remove)).toEqual({})
})

test('consumed capacity depends on the larger image and each changed index', async () => {
  const { execute, put } = await makeLoans()
  const detailed = { ReturnConsumedCapacity: 'INDEXES' }
  const text = { S: 'x'.repeat(2500) }
  const first = await put({ text, borrower: { S: 'ann' }, due: { N: '1' } }, detailed)
  expect(first.ConsumedCapacity).toEqual({
    TableName,
    CapacityUnits: 3 + 3 + 1 + 1 + 1,
    Table: { CapacityUnits: 3 },
    GlobalSecondaryIndexes: {
      byBorrower: { CapacityUnits: 3 },
      borrowersOnly: { CapacityUnits: 1 },
      borrowersWithTitle: { CapacityUnits: 1 },
    },
    LocalSecondaryIndexes: { byDue: { CapacityUnits: 1 } },
  })
  const moved = await put({ borrower: { S: 'ann' }, due: { N: '2' } }, detailed)
  // A changed index key removes one entry and adds another; indexes without that key consume nothing.
  expect(moved.ConsumedCapacity).toMatchObject({
    Table: { CapacityUnits: 3 },
    LocalSecondaryIndexes: { byDue: { CapacityUnits: 2 } },
  })
  expect(moved.ConsumedCapacity.GlobalSecondaryIndexes).toEqual({ byBorrower: { CapacityUnits: 4 } })
  await put({ text: { S: 'x'.repeat(5000) } })
  const read = (rest: object) => execute('GetItem', { Key: key, ReturnConsumedCapacity: 'TOTAL', ...rest })
  expect((await read({})).ConsumedCapacity).toEqual({ TableName, CapacityUnits: 1 })
  expect((await read({ ConsistentRead: true })).ConsumedCapacity).toEqual({ TableName, CapacityUnits: 2 })
  expect((await read({ Key: { ...key, SK: { S: 'absent' } } })).ConsumedCapacity).toEqual({
    TableName,
    CapacityUnits: 0.5,
  })
})

test('requests and responses are copies: changing them does not change the stored item', async () => {
  const { put, get } = await makeLoans()
  const item = { list: { L: [{ S: 'a' }] } }
  await put(item)
  item.list.L.push({ S: 'b' })
  ;(await get()).list.L.push({ S: 'c' })
  expect((await get()).list).toEqual({ L: [{ S: 'a' }] })
})

function nested(levels: number): object {
  return levels === 0 ? { S: 'deep' } : { L: [nested(levels - 1)] }
}
