import { loansTable, makeService, refusal, withLoans } from './test/library.ts'

const TableName = 'loans'
const Key = { PK: { S: 'book' }, SK: { S: 'COPY' } }
const values = { ExpressionAttributeValues: { ':v': { S: 'book' } } }
const KeyConditionExpression = 'PK = :v'
const keys = (count: number) => Array.from({ length: count }, (_, index) => ({ ...Key, SK: { S: String(index) } }))
const puts = keys(26).map((Item) => ({ PutRequest: { Item } }))

const bothKinds = (legacy: string, expressions: string) =>
  'Can not use both expression and non-expression parameters in the same request: ' +
  `Non-expression parameters: {${legacy}} Expression parameters: {${expressions}}`
const violation = (subject: string, constraint: string) =>
  `1 validation error detected: ${subject} failed to satisfy constraint: ${constraint}`
const noEntries = violation("Value at 'RequestItems'", 'Member must have length greater than or equal to 1')
const anyCapacity =
  "Value 'ANY' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]"

/** Messages that were recorded from the service by the public conformance suite nubo-db/dynamodb-conformance. */
test.each<[operation: string, input: object, message: string | RegExp]>([
  ['BatchGetItem', { RequestItems: {} }, noEntries],
  ['BatchWriteItem', { RequestItems: {} }, noEntries],
  [
    'BatchGetItem',
    { RequestItems: { 'a?': { Keys: [Key] } }, ReturnConsumedCapacity: 'ANY' },
    `2 validation errors detected: Value '{"a?":{"Keys":[{"PK":{"S":"book"},"SK":{"S":"COPY"}}]}}' at 'requestItems' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 255, Member must have length greater than or equal to 3, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]; ${anyCapacity}`,
  ],
  [
    'BatchWriteItem',
    { RequestItems: { 'a?': puts.slice(0, 1) }, ReturnConsumedCapacity: 'ANY' },
    `1 validation error detected: ${anyCapacity}`,
  ],
  [
    'TransactWriteItems',
    {
      TransactItems: [{ Put: { TableName, Item: Key } }],
      ClientRequestToken: 'x'.repeat(37),
      ReturnConsumedCapacity: 'ANY',
    },
    /^2 validation errors detected: Value 'x+' at 'clientRequestToken' .* less than or equal to 36; Value 'ANY' at /,
  ],
  [
    'TransactWriteItems',
    { TransactItems: [{}] },
    'Invalid Request: TransactWriteRequest should contain Delete or Put or Update request',
  ],
  [
    'UpdateItem',
    { Key, ReturnValues: 'ANY', ReturnConsumedCapacity: 'ANY' },
    /^1 validation error detected: Value 'ANY' at 'returnValues' /,
  ],
  [
    'UpdateItem',
    { TableName: '', ReturnValues: 'ANY', ReturnConsumedCapacity: 'ANY' },
    /^4 validation errors detected: .* at 'returnConsumedCapacity' .*; Value '' at 'tableName' .* greater than or equal to 1; .* at 'returnValues' .*; Value null at 'key' /,
  ],
  [
    'BatchGetItem',
    { RequestItems: { [TableName]: { Keys: keys(101) } } },
    violation("Value at 'RequestItems.loans.member.Keys'", 'Member must have length less than or equal to 100'),
  ],
  [
    'BatchWriteItem',
    { RequestItems: { [TableName]: puts } },
    /^1 validation error detected: Value '\{loans=\[WriteRequest\(.+\)\]\}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: \[Member must have length less than or equal to 25, Member must have length greater than or equal to 1\]$/s,
  ],
  [
    'PutItem',
    { Item: Key, Expected: { PK: { Exists: false } }, ConditionExpression: 'attribute_not_exists(PK)' },
    bothKinds('Expected', 'ConditionExpression'),
  ],
  [
    'UpdateItem',
    { Key, UpdateExpression: 'SET n = :v', ...values, AttributeUpdates: {}, Expected: {} },
    bothKinds('AttributeUpdates, Expected', 'UpdateExpression'),
  ],
  [
    'Query',
    { KeyConditionExpression, ...values, QueryFilter: {}, AttributesToGet: ['n'] },
    bothKinds('AttributesToGet, QueryFilter', 'KeyConditionExpression'),
  ],
  [
    'BatchGetItem',
    { RequestItems: { [TableName]: { Keys: [Key], AttributesToGet: ['n'], ProjectionExpression: 'n' } } },
    bothKinds('AttributesToGet', 'ProjectionExpression'),
  ],
  [
    'Query',
    { FilterExpression: 'n = :v', ...values, KeyConditions: {} },
    'The legacy parameter KeyConditions is not emulated; use KeyConditionExpression.',
  ],
  [
    'Query',
    { KeyConditionExpression, ...values, Limit: 0 },
    violation("Value at 'Limit'", 'Member must have value greater than or equal to 1'),
  ],
  ['Scan', { Limit: 0 }, violation("Value at 'Limit'", 'Member must have value greater than or equal to 1')],
  [
    'Scan',
    { Segment: -1, TotalSegments: 2 },
    violation("Value at 'Segment'", 'Member must have value greater than or equal to 0'),
  ],
  [
    'Scan',
    { Segment: 2, TotalSegments: 2 },
    'The Segment parameter is zero-based and must be less than parameter TotalSegments',
  ],
  ['Scan', { ExclusiveStartKey: { other: { S: 'a' }, SK: { S: 'b' } } }, 'The provided starting key is invalid'],
  [
    'Scan',
    { Select: 'SPECIFIC_ATTRIBUTES' },
    '1 validation error detected: Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
  ],
  [
    'PutItem',
    { TableName: '', Item: {}, ReturnValues: 'INVALID' },
    violation("Value '' at 'tableName'", 'Member must have length greater than or equal to 1'),
  ],
  [
    'PutItem',
    { TableName: 'bad table!', Item: Key },
    violation("Value 'bad table!' at 'tableName'", 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+'),
  ],
  ['PutItem', { TableName: undefined, Item: Key }, violation("Value null at 'tableName'", 'Member must not be null')],
])('%s rejects %j as recorded', async (operation, input, message) => {
  const { execute } = await withLoans()
  expect(await refusal(execute(operation, input))).toMatchObject({
    name: 'ValidationException',
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  })
})

const hash = { AttributeName: 'pk', KeyType: 'HASH' }
const range = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' })
const index = (KeySchema: object[], Projection: object = { ProjectionType: 'ALL' }) => [
  { IndexName: 'index', KeySchema, Projection },
]
const shortName = (name: string, member: string) =>
  `Value '${name}' at '${member}.1.member.indexName' failed to satisfy constraint: Member must have length greater than or equal to 3`
const invalid = (reason: string) => `One or more parameter values were invalid: ${reason}`

test.each<[change: object, message: string]>([
  [{ TableName: undefined }, "The parameter 'TableName' is required but was not present in the request"],
  [{ TableName: 'ab' }, violation("Value 'ab' at 'tableName'", 'Member must have length greater than or equal to 3')],
  [
    { TableName: '', KeySchema: [] },
    violation("Value '' at 'tableName'", 'Member must have length greater than or equal to 1'),
  ],
  [
    { KeySchema: [hash, range('pk')], AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }] },
    'Invalid KeySchema: Some index key attribute have no definition',
  ],
  [
    { KeySchema: [hash, range('pk')] },
    'Both the Hash Key and the Range Key element in the KeySchema have the same name',
  ],
  [
    { KeySchema: [hash, range('sk'), range('other')] },
    violation(
      "Value '[KeySchemaElement(attributeName=pk, keyType=HASH), KeySchemaElement(attributeName=sk, keyType=RANGE), KeySchemaElement(attributeName=other, keyType=RANGE)]' at 'keySchema'",
      'Member must have length less than or equal to 2',
    ),
  ],
  [
    { KeySchema: [{ ...hash, KeyType: 'INVALID' }] },
    violation("Value 'INVALID' at 'keySchema.1.member.keyType'", 'Member must satisfy enum value set: [HASH, RANGE]'),
  ],
  [
    { KeySchema: [hash], LocalSecondaryIndexes: index([hash, range('sk')]) },
    invalid('Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex'),
  ],
  [
    { KeySchema: [hash, range('sk')], LocalSecondaryIndexes: index([hash]) },
    invalid('Index KeySchema does not have a range key for index: index'),
  ],
  [
    {
      KeySchema: [hash, range('sk')],
      LocalSecondaryIndexes: index([{ ...hash, AttributeName: 'sk' }, range('other')]),
      AttributeDefinitions: ['pk', 'sk', 'other'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    },
    invalid(
      'Index KeySchema does not have the same leading hash key as table KeySchema for index: index. index hash key: sk, table hash key: pk',
    ),
  ],
  [
    { GlobalSecondaryIndexes: index([{ ...hash, AttributeName: 'sk' }], { ProjectionType: 'INCLUDE' }) },
    invalid('ProjectionType is INCLUDE, but NonKeyAttributes is not specified'),
  ],
  [
    {
      GlobalSecondaryIndexes: [...index([{ ...hash, AttributeName: 'sk' }]), ...index([hash])],
    },
    invalid('Duplicate index name: index'),
  ],
  [
    { KeySchema: [hash, range('sk')], StreamSpecification: { StreamEnabled: false, StreamViewType: 'NEW_IMAGE' } },
    invalid('Table is being created with a stream disabled, UpdateViewType should not be specified'),
  ],
  [
    { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
    invalid('Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST'),
  ],
  [
    {
      LocalSecondaryIndexes: [{ ...index([hash, range('sk')])[0], IndexName: 'lo' }],
      GlobalSecondaryIndexes: [{ ...index([hash])[0], IndexName: 'gl' }],
    },
    `2 validation errors detected: ${shortName('gl', 'globalSecondaryIndexes')}; ${shortName('lo', 'localSecondaryIndexes')}`,
  ],
])('CreateTable rejects %j', async (change, message) => {
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
    message,
  })
})

test('ListStreams without a table name lists the streams of all tables', async () => {
  const { service } = await withLoans()
  await service.execute('CreateTable', { ...loansTable, TableName: 'others' })
  const call = { principal: { kind: 'administrator' }, requestId: 'test' } as const
  const response: any = await service.streamsWire.operations['ListStreams']!.handle({}, call)
  expect(response.Streams.map((stream: any) => stream.TableName)).toEqual(['loans', 'others'])
})

test('writes to a table with a local index return item collection metrics on request', async () => {
  const { execute } = await withLoans()
  const { LocalSecondaryIndexes: _local, ...other } = loansTable
  await execute('CreateTable', { ...other, TableName: 'others' })
  const ReturnItemCollectionMetrics = 'SIZE'
  const metrics = { ItemCollectionKey: { PK: { S: 'book' } }, SizeEstimateRangeGB: [0, 1] }
  const put = { TableName, Item: Key }

  expect(await execute('PutItem', { ...put, ReturnItemCollectionMetrics })).toEqual({
    ItemCollectionMetrics: metrics,
  })
  const update = { Key, UpdateExpression: 'SET n = :v', ...values }
  expect(await execute('UpdateItem', { ...update, ReturnItemCollectionMetrics })).toEqual({
    ItemCollectionMetrics: metrics,
  })
  expect(await execute('DeleteItem', { Key, ReturnItemCollectionMetrics })).toEqual({
    ItemCollectionMetrics: metrics,
  })
  expect(await execute('PutItem', { ...put, ReturnItemCollectionMetrics: 'NONE' })).toEqual({})
  expect(await execute('PutItem', { ...put, TableName: 'others', ReturnItemCollectionMetrics })).toEqual({})

  const batch = { [TableName]: puts.slice(0, 2), others: puts.slice(0, 1) }
  expect(await execute('BatchWriteItem', { RequestItems: batch, ReturnItemCollectionMetrics })).toEqual({
    UnprocessedItems: {},
    ItemCollectionMetrics: { [TableName]: [metrics] },
  })
  const TransactItems = [{ Put: put }, { Put: { ...put, TableName: 'others' } }]
  expect(await execute('TransactWriteItems', { TransactItems, ReturnItemCollectionMetrics })).toEqual({
    ItemCollectionMetrics: { [TableName]: [metrics] },
  })
})
