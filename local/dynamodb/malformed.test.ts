import { loansTable, withLoans } from './test/library.ts'

const TableName = 'loans'
const Key = { PK: { S: 'a' }, SK: { S: 'k' } }
const Item = { ...Key, list: { L: [{ M: { x: { NS: ['1'] } } }] }, bytes: { B: 'AQ==' }, yes: { BOOL: true } }
const values = { ExpressionAttributeNames: { '#n': 'n' }, ExpressionAttributeValues: { ':v': { N: '1' } } }
const condition = { ConditionExpression: '#n = :v', ...values }

const requests: Record<string, object> = {
  CreateTable: { ...loansTable, TableName: 'others' },
  UpdateTimeToLive: { TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiry' } },
  PutItem: { TableName, Item, ...condition },
  GetItem: { TableName, Key, ProjectionExpression: '#n', ExpressionAttributeNames: { '#n': 'n' } },
  UpdateItem: { TableName, Key, UpdateExpression: 'SET #n = :v', ...values },
  DeleteItem: { TableName, Key, ...condition },
  Query: {
    TableName,
    KeyConditionExpression: 'PK = :p',
    ExpressionAttributeValues: { ':p': { S: 'a' } },
    ExclusiveStartKey: Key,
    Limit: 1,
  },
  Scan: { TableName, FilterExpression: '#n = :v', ...values, Segment: 0, TotalSegments: 2 },
  BatchGetItem: { RequestItems: { [TableName]: { Keys: [Key] } } },
  BatchWriteItem: {
    RequestItems: { [TableName]: [{ PutRequest: { Item } }, { DeleteRequest: { Key: { ...Key, PK: { S: 'b' } } } }] },
  },
  TransactGetItems: { TransactItems: [{ Get: { TableName, Key } }] },
  TransactWriteItems: {
    TransactItems: [
      { Put: { TableName, Item } },
      { Update: { TableName, Key: { ...Key, PK: { S: 'b' } }, UpdateExpression: 'SET #n = :v', ...values } },
      { ConditionCheck: { TableName, Key: { ...Key, PK: { S: 'c' } }, ...condition } },
    ],
  },
}

const invalidValues = [
  null,
  7,
  -1.5,
  true,
  '',
  'x',
  [],
  [null],
  {},
  { x: null },
  { S: 1 },
  { L: [null] },
  { M: { x: null } },
]

test.each(Object.keys(requests))(
  'an invalid value anywhere in %s is accepted or rejected with an AWS error',
  async (operation) => {
    const { service } = await withLoans()
    let rejections = 0
    for (const input of mutations(requests[operation])) {
      const error = await service.execute(operation, input).then(
        () => undefined,
        (thrown: Error) => thrown,
      )
      if (operation === 'CreateTable')
        await service.execute('DeleteTable', { TableName: 'others' }).catch(() => undefined)
      if (error === undefined) continue
      rejections++
      if (!error.name.endsWith('Exception')) throw new Error(`${JSON.stringify(input)} failed`, { cause: error })
      expect(() => service.wire.operations[operation]!.access(input)).not.toThrow()
    }
    expect(rejections).toBeGreaterThan(20)
  },
)

/** The value with each of its parts replaced by each invalid value, and with each part omitted. */
function* mutations(value: unknown): Iterable<unknown> {
  yield* invalidValues
  if (value === null || typeof value !== 'object') return
  for (const [name, part] of Object.entries(value)) {
    const replace = (other: unknown) =>
      Array.isArray(value) ? value.with(Number(name), other) : { ...value, [name]: other }
    for (const other of mutations(part)) yield replace(other)
    yield replace(undefined)
  }
}
