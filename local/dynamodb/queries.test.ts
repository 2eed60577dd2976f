import { paginateQuery } from '@aws-sdk/lib-dynamodb'
import { loansTable, makeService, refusal, startLibrary } from './test/library.ts'

const TableName = 'loans'
let library: Awaited<ReturnType<typeof startLibrary>>
beforeEach(async () => (library = await startLibrary()))
afterEach(() => library.stop())

const put = (Item: Record<string, unknown>) => library.documents.put({ TableName, Item })
const query = (input: object) => library.documents.query({ TableName, ...input })

async function shelve(keys: readonly string[]) {
  for (const SK of keys) await put({ PK: 'a', SK })
}

const ranges: [condition: string, values: Record<string, string>, expected: string[]][] = [
  ['', {}, ['B', 'b', 'ba', 'bb', 'c', '～', '😀']],
  [' AND SK = :x', { ':x': 'b' }, ['b']],
  [' AND SK < :x', { ':x': 'ba' }, ['B', 'b']],
  [' AND SK <= :x', { ':x': 'ba' }, ['B', 'b', 'ba']],
  [' AND SK > :x', { ':x': 'bb' }, ['c', '～', '😀']],
  [' AND SK >= :x', { ':x': 'bb' }, ['bb', 'c', '～', '😀']],
  [' AND SK BETWEEN :x AND :y', { ':x': 'b', ':y': 'bb' }, ['b', 'ba', 'bb']],
  [' AND begins_with(SK, :x)', { ':x': 'b' }, ['b', 'ba', 'bb']],
  [' AND begins_with(SK, :x)', { ':x': 'x' }, []],
  [' AND :x < SK', { ':x': 'bb' }, ['c', '～', '😀']],
]

test.each(ranges)(
  'the query PK = :p%s %j returns its items in both directions',
  async (condition, values, expected) => {
    await shelve(['😀', 'bb', 'b', 'c', 'B', 'ba', '～'])
    await put({ PK: 'other', SK: 'b' })
    const input = { KeyConditionExpression: `PK = :p${condition}`, ExpressionAttributeValues: { ':p': 'a', ...values } }
    expect((await query(input)).Items!.map((item) => item['SK'])).toEqual(expected)
    const backwards = await query({ ...input, ScanIndexForward: false })
    expect(backwards.Items!.map((item) => item['SK'])).toEqual(expected.toReversed())
  },
)

test.each([true, false])('pages of any size return all items in order, forward: %s', async (ScanIndexForward) => {
  const keys = Array.from({ length: 10 }, (_, index) => `k${index}`)
  await shelve(keys)
  for (const pageSize of [1, 3, 10, 11]) {
    const seen: unknown[] = []
    const config = { client: library.documents, pageSize }
    const input = {
      TableName,
      KeyConditionExpression: 'PK = :p',
      ExpressionAttributeValues: { ':p': 'a' },
      ScanIndexForward,
    }
    for await (const page of paginateQuery(config, input)) {
      expect(page.Items!.length).toBeLessThanOrEqual(pageSize)
      seen.push(...page.Items!.map((item) => item['SK']))
    }
    expect(seen).toEqual(ScanIndexForward ? keys : keys.toReversed())
  }
})

test('a page ends at 1 MB of items read, before the filter', async () => {
  for (let index = 0; index < 5; index++)
    await put({ PK: 'a', SK: `k${index}`, text: 'x'.repeat(300_000), odd: index % 2 })
  const page = await query({
    KeyConditionExpression: 'PK = :p',
    FilterExpression: 'odd = :one',
    ExpressionAttributeValues: { ':p': 'a', ':one': 1 },
  })
  expect(page).toMatchObject({ Count: 2, ScannedCount: 4, LastEvaluatedKey: { PK: 'a', SK: 'k3' } })
})

test('Limit counts items before the filter, and COUNT returns no items', async () => {
  await shelve(['k1', 'k2', 'k3'])
  await put({ PK: 'a', SK: 'k4', lost: true })
  const input = {
    KeyConditionExpression: 'PK = :p',
    FilterExpression: 'attribute_exists(lost)',
    ExpressionAttributeValues: { ':p': 'a' },
  }
  expect(await query({ ...input, Limit: 2 })).toMatchObject({
    Count: 0,
    ScannedCount: 2,
    LastEvaluatedKey: { PK: 'a', SK: 'k2' },
  })
  const counted = await query({ ...input, Select: 'COUNT' })
  expect(counted).toMatchObject({ Count: 1, ScannedCount: 4 })
  expect(counted.Items).toBeUndefined()
})

test('a projection returns nested attributes in their place', async () => {
  await put({ PK: 'a', SK: 'k', map: { x: 1, y: { z: 2, w: 3 } }, list: ['a', 'b', { c: 1, d: 2 }], other: 1 })
  const { Items } = await query({
    KeyConditionExpression: 'PK = :p',
    ProjectionExpression: '#m.y.z, #l[2].d, #l[0], absent',
    ExpressionAttributeNames: { '#m': 'map', '#l': 'list' },
    ExpressionAttributeValues: { ':p': 'a' },
  })
  expect(Items).toEqual([{ map: { y: { z: 2 } }, list: ['a', { d: 2 }] }])
})

test('an index is sparse, is updated with its items, sorts numbers by value and pages over equal keys', async () => {
  for (const [SK, due] of [
    ['k1', 10],
    ['k2', 9],
    ['k3', -1.5],
    ['k4', 9],
    ['k5', 9],
  ] as const) {
    await put({ PK: 'a', SK, borrower: 'ann', due, title: SK })
  }
  await put({ PK: 'a', SK: 'k6', borrower: 'ann' })
  const input = {
    IndexName: 'byBorrower',
    KeyConditionExpression: 'borrower = :m',
    ExpressionAttributeValues: { ':m': 'ann' },
  }
  const seen: unknown[] = []
  for await (const page of paginateQuery({ client: library.documents, pageSize: 2 }, { TableName, ...input })) {
    seen.push(...page.Items!.map((item) => item['SK']))
  }
  expect(seen).toEqual(['k3', 'k2', 'k4', 'k5', 'k1'])
  await put({ PK: 'a', SK: 'k3', borrower: 'bob', due: 1 })
  await put({ PK: 'a', SK: 'k1', title: 'returned' })
  expect((await query(input)).Items!.map((item) => item['SK'])).toEqual(['k2', 'k4', 'k5'])
})

test('an index returns its projected attributes', async () => {
  await put({ PK: 'a', SK: 'k', borrower: 'ann', due: 1, title: 'Dune', pages: 600 })
  const of = (IndexName: string, rest = {}) =>
    query({ IndexName, KeyConditionExpression: 'borrower = :m', ExpressionAttributeValues: { ':m': 'ann' }, ...rest })
  expect((await of('borrowersOnly')).Items).toEqual([{ PK: 'a', SK: 'k', borrower: 'ann' }])
  expect((await of('borrowersWithTitle')).Items).toEqual([{ PK: 'a', SK: 'k', borrower: 'ann', title: 'Dune' }])
  expect((await refusal(of('borrowersOnly', { ProjectionExpression: 'title' }))).message).toContain(
    'does not project [title]',
  )
  expect((await refusal(of('borrowersOnly', { Select: 'ALL_ATTRIBUTES' }))).message).toContain(
    'its projection type is not ALL',
  )
  const local = {
    IndexName: 'byDue',
    KeyConditionExpression: 'PK = :p AND due > :d',
    ExpressionAttributeValues: { ':p': 'a', ':d': 0 },
  }
  expect((await query(local)).Items).toEqual([{ PK: 'a', SK: 'k', due: 1 }])
  expect((await query({ ...local, Select: 'ALL_ATTRIBUTES', ConsistentRead: true })).Items![0]).toMatchObject({
    pages: 600,
  })
})

const refused: [input: object, message: string][] = [
  [{ KeyConditionExpression: 'SK = :a' }, 'Query condition missed key schema element: PK'],
  [{ KeyConditionExpression: 'PK > :a' }, 'Query key condition not supported'],
  [{ KeyConditionExpression: 'PK = :a AND title = :a' }, 'Query condition missed key schema element: SK'],
  [
    { KeyConditionExpression: 'PK = :a AND SK = :a AND title = :a' },
    'The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)',
  ],
  [
    { KeyConditionExpression: 'borrower = :a AND due = :a', IndexName: 'borrowersOnly' },
    'The number of query conditions (2) exceeds the number of key attributes defined in the schema (1)',
  ],
  [
    { KeyConditionExpression: 'PK = :a AND SK > :a AND SK < :a' },
    'Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key',
  ],
  [{ KeyConditionExpression: 'PK = :a OR SK = :a' }, 'Invalid operator used in KeyConditionExpression: OR'],
  [
    { KeyConditionExpression: 'PK = :a AND SK = :n', ExpressionAttributeValues: { ':a': 'a', ':n': 1 } },
    'Condition parameter type does not match schema type',
  ],
  [
    { KeyConditionExpression: 'PK = :a', ExpressionAttributeValues: { ':a': '' } },
    'cannot contain an empty string value',
  ],
  [
    { KeyConditionExpression: 'PK = :a', FilterExpression: 'SK = :a' },
    'Filter Expression can only contain non-primary key attributes',
  ],
  [{ KeyConditionExpression: 'PK = :a', IndexName: 'absent' }, 'The table does not have the specified index: absent'],
  [
    { KeyConditionExpression: 'borrower = :a', IndexName: 'byBorrower', ConsistentRead: true },
    'Consistent reads are not supported on global secondary indexes',
  ],
  [
    { KeyConditionExpression: 'PK = :a', ExclusiveStartKey: { PK: 'b', SK: 'x' } },
    'The provided starting key is outside query boundaries',
  ],
  [
    { KeyConditionExpression: 'PK = :a', ExclusiveStartKey: { PK: 'a', SK: 'x', title: 'x' } },
    'The provided starting key is invalid',
  ],
  [{ KeyConditionExpression: 'PK = :a', ExclusiveStartKey: { PK: 'a' } }, 'The provided starting key is invalid'],
  [
    { KeyConditionExpression: 'PK = :a', Select: 'COUNT', ProjectionExpression: 'title' },
    'Cannot specify the ProjectionExpression when choosing to get only the Count',
  ],
]

test.each(refused)('the query %j is rejected', async (input, message) => {
  const error = await refusal(query({ ExpressionAttributeValues: { ':a': 'a' }, ...input }))
  expect(error).toMatchObject({ name: 'ValidationException', message: expect.stringContaining(message) })
})

test('the segments of a parallel scan return each item once, in pages', async () => {
  await Promise.all(Array.from({ length: 60 }, (_, index) => put({ PK: `p${index}`, SK: 'k' })))
  const seen: string[] = []
  for (let Segment = 0; Segment < 4; Segment++) {
    let ExclusiveStartKey: Record<string, unknown> | undefined
    let ofSegment = 0
    do {
      const page = await library.documents.scan({ TableName, Segment, TotalSegments: 4, Limit: 7, ExclusiveStartKey })
      seen.push(...page.Items!.map((item) => item['PK'] as string))
      ofSegment += page.Count!
      ExclusiveStartKey = page.LastEvaluatedKey
    } while (ExclusiveStartKey)
    expect(ofSegment).toBeGreaterThan(0)
  }
  expect(seen).toHaveLength(60)
  expect(new Set(seen).size).toBe(60)
})

test('batches write and read items, and reject duplicates', async () => {
  const writes = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ PutRequest: { Item: { PK: `p${n}`, SK: 'k' } } }))
  await library.documents.batchWrite({ RequestItems: { [TableName]: writes(25) } })
  const Keys = writes(25).map(({ PutRequest }) => PutRequest.Item)
  const { Responses } = await library.documents.batchGet({
    RequestItems: { [TableName]: { Keys: [...Keys, { PK: 'absent', SK: 'k' }] } },
  })
  expect(Responses![TableName]).toHaveLength(25)
  const twice = library.documents.batchWrite({ RequestItems: { [TableName]: [...writes(1), ...writes(1)] } })
  expect((await refusal(twice)).message).toBe('Provided list of item keys contains duplicates')
  await library.documents.batchWrite({ RequestItems: { [TableName]: [{ DeleteRequest: { Key: Keys[0]! } }] } })
  expect((await library.documents.scan({ TableName, Select: 'COUNT' })).Count).toBe(24)
})

test('BatchGetItem returns at most 16 MB and the unprocessed keys', async () => {
  const { service } = library
  const keys = Array.from({ length: 45 }, (_, n) => ({ PK: { S: `p${n}` }, SK: { S: 'k' } }))
  for (const key of keys) {
    await service.execute('PutItem', { TableName, Item: { ...key, text: { S: 'x'.repeat(400_000) } } })
  }
  const RequestItems = { [TableName]: { Keys: keys, ProjectionExpression: 'PK', ConsistentRead: true } }
  const first = await service.execute('BatchGetItem', { RequestItems })
  expect(first.Responses[TableName]).toHaveLength(42)
  const read = new Set(first.Responses[TableName].map((item: any) => item.PK.S))
  const unread = keys.filter(({ PK }) => !read.has(PK.S))
  const { Keys, ...rest } = first.UnprocessedKeys[TableName]
  expect(rest).toEqual({ ProjectionExpression: 'PK', ConsistentRead: true })
  expect(Keys).toHaveLength(3)
  expect(Keys).toEqual(expect.arrayContaining(unread))
  const second = await service.execute('BatchGetItem', { RequestItems: first.UnprocessedKeys })
  expect(second.Responses[TableName]).toHaveLength(3)
  expect(second.UnprocessedKeys).toEqual({})
})

test('ListTables returns pages, DescribeTable accepts an ARN, and CreateTable rejects an existing table', async () => {
  const { service } = library
  for (const name of ['loans-2', 'loans-3']) await service.execute('CreateTable', { ...loansTable, TableName: name })
  const first = await service.execute('ListTables', { Limit: 2 })
  expect(first).toEqual({ TableNames: ['loans', 'loans-2'], LastEvaluatedTableName: 'loans-2' })
  const second = await service.execute('ListTables', { ExclusiveStartTableName: 'loans-2' })
  expect(second).toEqual({ TableNames: ['loans-3'] })
  const { Table } = await service.execute('DescribeTable', { TableName })
  expect((await service.execute('DescribeTable', { TableName: Table.TableArn })).Table).toEqual(Table)
  expect((await refusal(service.execute('CreateTable', loansTable))).name).toBe('ResourceInUseException')
  expect((await refusal(service.execute('DescribeTable', { TableName: 'absent' }))).message).toBe(
    'Requested resource not found: Table: absent not found',
  )
})

test('DescribeTable returns the settings of CreateTable that have no effect', async () => {
  const { service } = makeService()
  const described = async (settings: object) => {
    const shelves = `shelves-${Object.keys(settings).length}`
    await service.execute('CreateTable', {
      TableName: shelves,
      AttributeDefinitions: [{ AttributeName: 'PK', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'PK', KeyType: 'HASH' }],
      ...settings,
    })
    return (await service.execute('DescribeTable', { TableName: shelves })).Table
  }
  const ProvisionedThroughput = { ReadCapacityUnits: 5, WriteCapacityUnits: 1 }
  const TableClass = 'STANDARD_INFREQUENT_ACCESS'
  expect(await described({ ProvisionedThroughput, TableClass, SSESpecification: { Enabled: true } })).toMatchObject({
    ProvisionedThroughput,
    TableClassSummary: { TableClass },
    SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: expect.stringMatching(/^arn:aws:kms:/) },
  })
  const OnDemandThroughput = { MaxReadRequestUnits: 10, MaxWriteRequestUnits: 5 }
  const onDemand = await described({ BillingMode: 'PAY_PER_REQUEST', OnDemandThroughput })
  expect(onDemand).toMatchObject({ OnDemandThroughput })
  expect(onDemand).not.toHaveProperty('SSEDescription')
})

test('numeric and binary sort keys are sorted by value', async () => {
  const { service } = makeService()
  const numbers = '-1e100 -2 -1.5 -1 -1e-100 0 1e-100 0.5 1 1.05 1.1 2 10 9e125'.split(' ')
  const bytes = [[0], [0, 0], [1], [127, 255], [128], [255]].map((list) => Buffer.from(list).toString('base64'))
  for (const [type, values] of [
    ['N', numbers],
    ['B', bytes],
  ] as const) {
    await service.execute('CreateTable', {
      TableName: `by-${type}`,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'P', AttributeType: 'S' },
        { AttributeName: 'K', AttributeType: type },
      ],
      KeySchema: [
        { AttributeName: 'P', KeyType: 'HASH' },
        { AttributeName: 'K', KeyType: 'RANGE' },
      ],
    })
    for (const value of values.toReversed()) {
      await service.execute('PutItem', {
        TableName: `by-${type}`,
        Item: { P: { S: 'p' }, K: { [type]: value }, as: { S: value } },
      })
    }
    const { Items } = await service.execute('Query', {
      TableName: `by-${type}`,
      KeyConditionExpression: 'P = :p',
      ExpressionAttributeValues: { ':p': { S: 'p' } },
    })
    expect(Items.map((item: any) => item.as.S)).toEqual(values)
  }
})

test('BatchGetItem returns items in an order that is neither that of the request nor that of the keys', async () => {
  const { service } = library
  const keys = Array.from({ length: 10 }, (_, n) => ({ PK: { S: `p${n}` }, SK: { S: 'k' } }))
  for (const Item of keys) await service.execute('PutItem', { TableName, Item })
  const read = async (Keys: object[]) =>
    (await service.execute('BatchGetItem', { RequestItems: { [TableName]: { Keys } } })).Responses[TableName]
  const items = await read(keys)
  expect(items).not.toEqual(keys)
  expect(items).toEqual(expect.arrayContaining(keys))
  expect(await read(keys.toReversed())).toEqual(items)
})
