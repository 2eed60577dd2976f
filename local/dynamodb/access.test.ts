import { onlyShardId } from './stream-log.ts'
import { withLoans } from './test/library.ts'

const TableName = 'loans'
const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/loans'
const key = { PK: { S: 'BOOK#1' }, SK: { S: 'COPY' } }
const one = { ':one': { N: '1' } }

const update = {
  TableName,
  Key: key,
  UpdateExpression: 'SET loans = if_not_exists(amount, :one) + extra, #m.deep = :one REMOVE obsolete',
  ConditionExpression: 'size(title) > :one AND attribute_exists(#m)',
  ExpressionAttributeNames: { '#m': 'map' },
  ExpressionAttributeValues: one,
}
const updated = ['PK', 'SK', 'title', 'map', 'loans', 'amount', 'extra', 'obsolete']

/** What IAM is asked; the names of the condition keys without `dynamodb:`. */
const asked = (action: string, keys: Readonly<Record<string, readonly string[]>>, resource = table) => ({
  action: `dynamodb:${action}`,
  resource,
  context: Object.fromEntries(Object.entries(keys).map(([name, values]) => [`dynamodb:${name}`, values])),
})

const cases: [operation: string, input: object, expected: object[]][] = [
  [
    'PutItem',
    {
      TableName,
      Item: { ...key, title: { S: 'Dune' } },
      ConditionExpression: 'attribute_not_exists(isbn)',
      ReturnValues: 'ALL_OLD',
    },
    [
      asked('PutItem', {
        leadingkeys: ['BOOK#1'],
        attributes: ['PK', 'SK', 'title', 'isbn'],
        returnvalues: ['ALL_OLD'],
      }),
    ],
  ],
  [
    'UpdateItem',
    update,
    [asked('UpdateItem', { leadingkeys: ['BOOK#1'], attributes: updated, returnvalues: ['NONE'] })],
  ],
  [
    'GetItem',
    { TableName: table, Key: key, ProjectionExpression: 'title, #m.x', ExpressionAttributeNames: { '#m': 'map' } },
    [
      asked('GetItem', {
        leadingkeys: ['BOOK#1'],
        attributes: ['PK', 'SK', 'title', 'map'],
        select: ['SPECIFIC_ATTRIBUTES'],
      }),
    ],
  ],
  [
    'Query',
    {
      TableName,
      KeyConditionExpression: 'PK = :pk AND begins_with(SK, :pk)',
      FilterExpression: 'pages > :one',
      ExpressionAttributeValues: { ':pk': { S: 'BOOK#1' }, ...one },
    },
    [asked('Query', { leadingkeys: ['BOOK#1'], attributes: ['PK', 'SK', 'pages'], select: ['ALL_ATTRIBUTES'] })],
  ],
  [
    'Query',
    {
      TableName,
      IndexName: 'byBorrower',
      KeyConditionExpression: ':b = borrower',
      ExpressionAttributeValues: { ':b': { S: 'ann' } },
    },
    [
      asked(
        'Query',
        { leadingkeys: ['ann'], attributes: ['borrower'], select: ['ALL_PROJECTED_ATTRIBUTES'] },
        `${table}/index/byBorrower`,
      ),
    ],
  ],
  ['Scan', { TableName, Select: 'COUNT' }, [asked('Scan', { select: ['COUNT'] })]],
  [
    'BatchGetItem',
    { RequestItems: { [TableName]: { Keys: [key, { ...key, PK: { S: 'BOOK#2' } }] } } },
    [
      asked('BatchGetItem', {
        leadingkeys: ['BOOK#1', 'BOOK#2'],
        attributes: ['PK', 'SK'],
        select: ['ALL_ATTRIBUTES'],
      }),
    ],
  ],
  [
    'BatchWriteItem',
    {
      RequestItems: {
        [TableName]: [
          { PutRequest: { Item: { ...key, title: { S: 'x' } } } },
          { DeleteRequest: { Key: { ...key, PK: { S: 'BOOK#2' } } } },
        ],
      },
    },
    [asked('BatchWriteItem', { leadingkeys: ['BOOK#1', 'BOOK#2'], attributes: ['PK', 'SK', 'title'] })],
  ],
  [
    'TransactWriteItems',
    {
      TransactItems: [
        { Update: update },
        { Put: { TableName, Item: { ...key, PK: { S: 'P' } } } },
        { Delete: { TableName, Key: { ...key, PK: { S: 'D' } } } },
        {
          ConditionCheck: {
            TableName,
            Key: { ...key, PK: { S: 'C' } },
            ConditionExpression: 'attribute_exists(title)',
          },
        },
      ],
    },
    (
      [
        ['UpdateItem', 'BOOK#1', updated],
        ['PutItem', 'P', ['PK', 'SK']],
        ['DeleteItem', 'D', ['PK', 'SK']],
        ['ConditionCheckItem', 'C', ['PK', 'SK', 'title']],
      ] as const
    ).map(([action, leadingKey, attributes]) =>
      asked(action, { leadingkeys: [leadingKey], attributes, enclosingoperation: ['TransactWriteItems'] }),
    ),
  ],
  [
    'TransactGetItems',
    { TransactItems: [{ Get: { TableName, Key: key } }] },
    [
      asked('GetItem', {
        leadingkeys: ['BOOK#1'],
        attributes: ['PK', 'SK'],
        select: ['ALL_ATTRIBUTES'],
        enclosingoperation: ['TransactGetItems'],
      }),
    ],
  ],
  ['DescribeTable', { TableName }, [{ action: 'dynamodb:DescribeTable', resource: table }]],
  [
    'ExecuteStatement',
    { Statement: `SELECT * FROM "loans"."byDate" WHERE PK = 'BOOK#1'` },
    [{ action: 'dynamodb:PartiQLSelect', resource: table }],
  ],
  ['ExecuteStatement', { Statement: 'DELETE FROM loans' }, [{ action: 'dynamodb:PartiQLDelete', resource: table }]],
  ['ExecuteStatement', { Statement: 'nonsense' }, []],
]

test.each(cases)(
  '%s requires its IAM actions, with resource and condition keys',
  async (operation, input, expected) => {
    const { service } = await withLoans()
    expect(service.wire.operations[operation]!.access(input)).toEqual(expected)
  },
)

test('the stream operations require access to the stream ARN', async () => {
  const { service } = await withLoans()
  const StreamArn = (await service.execute('DescribeTable', { TableName })).Table.LatestStreamArn
  const { ShardIterator } = (await service.streamsWire.operations['GetShardIterator']!.handle(
    { StreamArn, ShardId: onlyShardId, ShardIteratorType: 'LATEST' },
    { principal: { kind: 'administrator' }, requestId: '1' },
  )) as { ShardIterator: string }
  const { operations } = service.streamsWire
  expect(operations['GetRecords']!.access({ ShardIterator })).toEqual([
    { action: 'dynamodb:GetRecords', resource: StreamArn },
  ])
  expect(operations['DescribeStream']!.access({ StreamArn })).toEqual([
    { action: 'dynamodb:DescribeStream', resource: StreamArn },
  ])
})

test.each([
  {},
  null,
  'text',
  { TableName: 5 },
  { TableName, Key: { PK: 1 } },
  { TransactItems: [null] },
  { RequestItems: 7 },
])('malformed input %j requires no access and is rejected by every operation', async (input) => {
  const { service } = await withLoans()
  for (const [name, operation] of Object.entries(service.wire.operations)) {
    if (name === 'ListTables' || name === 'Scan' || name === 'DescribeTable' || name === 'DeleteTable') continue
    if (name.startsWith('Describe')) continue
    expect(operation.access(input)).toEqual([])
    expect(() => operation.handle(input, { principal: { kind: 'administrator' }, requestId: '1' })).toThrow(
      expect.objectContaining({ name: expect.stringMatching(/^(Validation|Serialization)Exception$/) }),
    )
  }
})
