import { loansTable, makeService, refusal } from './test/library.ts'

const TableName = 'loans'
const Key = { PK: { S: 'book' }, SK: { S: 'COPY' } }
const values = { ExpressionAttributeValues: { ':v': { S: 'book' } } }
const KeyConditionExpression = 'PK = :v'
const keys = (count: number) => Array.from({ length: count }, (_, index) => ({ ...Key, SK: { S: String(index) } }))
const puts = keys(26).map((Item) => ({ PutRequest: { Item } }))

const violation = (subject: string, constraint: string) =>
  `1 validation error detected: Value ${subject} failed to satisfy constraint: Member must ${constraint}`
const unsupported = (name: string) => `The parameter ${name} is not emulated.`
const readOf = (entry: object) => ({ RequestItems: { [TableName]: entry } })

test.each<[operation: string, message: string, input: object]>([
  ['BatchGetItem', 'The requestItems parameter is required for BatchGetItem', { RequestItems: {} }],
  ['BatchWriteItem', 'The requestItems parameter is required for BatchWriteItem', { RequestItems: {} }],
  ['BatchGetItem', 'have length less than or equal to 100', readOf({ Keys: keys(101) })],
  ['BatchWriteItem', 'have length less than or equal to 25', readOf(puts)],
  [
    'BatchWriteItem',
    'Too many items requested for the BatchWriteItem call',
    { RequestItems: { [TableName]: puts.slice(0, 13), others: puts.slice(0, 13) } },
  ],
  ['PutItem', unsupported('Expected'), { TableName, Item: Key, Expected: { PK: { Exists: false } } }],
  ['UpdateItem', unsupported('AttributeUpdates'), { TableName, Key, AttributeUpdates: {} }],
  ['Query', unsupported('QueryFilter'), { TableName, KeyConditionExpression, ...values, QueryFilter: {} }],
  ['Query', unsupported('KeyConditions'), { TableName, KeyConditions: {} }],
  ['BatchGetItem', unsupported('AttributesToGet'), readOf({ Keys: [Key], AttributesToGet: ['n'] })],
  ['TransactWriteItems', unsupported('Expected'), { TransactItems: [{ Put: { TableName, Item: Key, Expected: {} } }] }],
  ['Scan', unsupported('Segment'), { TableName, Segment: 0, TotalSegments: 2 }],
  ['Scan', violation("'0' at 'limit'", 'have value greater than or equal to 1'), { TableName, Limit: 0 }],
  ['PutItem', "'bad table!' at 'tableName' failed to satisfy constraint", { TableName: 'bad table!', Item: Key }],
  ['PutItem', violation("null at 'tableName'", 'not be null'), { Item: Key }],
])('%s is rejected with %s', async (operation, message, input) => {
  const { service } = makeService()
  await service.execute('CreateTable', loansTable)
  expect(await refusal(service.execute(operation, input))).toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining(message),
  })
})

const hash = { AttributeName: 'pk', KeyType: 'HASH' }
const range = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' })
const index = (KeySchema: object[], Projection: object = { ProjectionType: 'ALL' }) => [
  { IndexName: 'index', KeySchema, Projection },
]

test.each<[message: string, change: object]>([
  [violation("'ab' at 'tableName'", 'have length greater than or equal to 3'), { TableName: 'ab' }],
  ['element in the KeySchema have the same name', { KeySchema: [hash, range('pk')] }],
  ['have length less than or equal to 2', { KeySchema: [hash, range('sk'), range('other')] }],
  ['A key has one HASH element, and at most one RANGE element', { KeySchema: [range('pk')] }],
  [
    violation("'X' at 'keySchema.1.member.keyType'", 'satisfy enum value set: [HASH, RANGE]'),
    { KeySchema: [{ ...hash, KeyType: 'X' }] },
  ],
  ['both need a range key', { KeySchema: [hash], LocalSecondaryIndexes: index([hash, range('sk')]) }],
  ['both need a range key', { KeySchema: [hash, range('sk')], LocalSecondaryIndexes: index([hash]) }],
  [
    'index hash key: sk, table hash key: pk',
    {
      KeySchema: [hash, range('sk')],
      LocalSecondaryIndexes: index([{ ...hash, AttributeName: 'sk' }, range('other')]),
      AttributeDefinitions: ['pk', 'sk', 'other'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    },
  ],
  [
    'NonKeyAttributes are specified for INCLUDE',
    { GlobalSecondaryIndexes: index([{ ...hash, AttributeName: 'sk' }], { ProjectionType: 'INCLUDE' }) },
  ],
  [
    'Duplicate index name: index',
    { GlobalSecondaryIndexes: [...index([{ ...hash, AttributeName: 'sk' }]), ...index([hash])] },
  ],
  [
    'StreamViewType is required when a stream is enabled, and only then',
    { KeySchema: [hash, range('sk')], StreamSpecification: { StreamEnabled: false, StreamViewType: 'NEW_IMAGE' } },
  ],
])('CreateTable is rejected with %s', async (message, change) => {
  const { service } = makeService()
  const definition = {
    TableName: 'table',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [hash],
    ...change,
  }
  expect(await refusal(service.execute('CreateTable', definition))).toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining(message),
  })
})
