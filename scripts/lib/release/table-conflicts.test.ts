import { tableConflicts } from './table-conflicts.ts'

const keys = (partition: string, sort?: string) => [
  { AttributeName: partition, KeyType: 'HASH' },
  ...(sort ? [{ AttributeName: sort, KeyType: 'RANGE' }] : []),
]
const index = (IndexName: string, partition = IndexName, ProjectionType = 'KEYS_ONLY') => ({
  IndexName,
  KeySchema: keys(partition),
  Projection: { ProjectionType },
})

interface Shape {
  readonly table?: ReturnType<typeof keys>
  readonly indexes?: ReturnType<typeof index>[]
  readonly local?: ReturnType<typeof index>[]
  readonly type?: string
  readonly streams?: boolean
  readonly warm?: readonly [reads: number, writes: number]
}

const template = ({
  table = keys('PK', 'SK'),
  indexes = [index('A')],
  local,
  type = 'S',
  streams,
  warm,
}: Shape = {}) => ({
  Resources: {
    loans: {
      Type: 'AWS::DynamoDB::GlobalTable',
      Properties: {
        KeySchema: table,
        AttributeDefinitions: [
          { AttributeName: 'PK', AttributeType: type },
          ...indexes.map(({ IndexName }) => ({ AttributeName: IndexName, AttributeType: 'S' })),
        ],
        GlobalSecondaryIndexes: indexes,
        ...(local ? { LocalSecondaryIndexes: local } : {}),
        ...(warm ? { WarmThroughput: { ReadUnitsPerSecond: warm[0], WriteUnitsPerSecond: warm[1] } } : {}),
        ...(streams ? { StreamSpecification: { StreamViewType: 'NEW_IMAGE' } } : {}),
      },
    },
    bus: { Type: 'AWS::Events::EventBus', Properties: {} },
  },
})

test.each<[string, Shape]>([
  ['nothing', {}],
  ['another property', { streams: true }],
  ['a first warm throughput', { warm: [12_000, 5000] }],
  ['one index more', { indexes: [index('A'), index('B')] }],
  ['one index less', { indexes: [] }],
])('%s may change', (_what, shape) => {
  expect(tableConflicts(template(), template(shape))).toEqual([])
})

test.each<[string, Shape, RegExp]>([
  ['two new indexes', { indexes: [index('A'), index('B'), index('C')] }, /^loans: .*create B, create C\. Deploy them/],
  ['a renamed index', { indexes: [index('B')] }, /create B, delete A/],
  ["an index's key", { indexes: [index('A', 'other')] }, /index A change, and an index cannot be altered/],
  ["an index's projection", { indexes: [index('A', 'A', 'ALL')] }, /projection of index A change/],
  ['a local index', { local: [index('L')] }, /its local indexes cannot change.*new, empty table/],
  ["the table's keys", { table: keys('PK') }, /^loans: its keys cannot change in place/],
  ["a key's type", { type: 'N' }, /the type of PK cannot change/],
  ['less warm throughput than a new table has', { warm: [12_000, 3999] }, /WriteUnitsPerSecond.* from 4000 to 3999/],
])('%s cannot be deployed', (_what, shape, sentence) => {
  expect(tableConflicts(template(), template(shape))).toEqual([expect.stringMatching(sentence)])
})

test('warm throughput can be raised or removed, and not lowered', () => {
  const before = template({ warm: [20_000, 19_000] })
  expect(tableConflicts(before, template({ warm: [30_000, 19_000] }))).toEqual([])
  expect(tableConflicts(before, template())).toEqual([])
  expect(tableConflicts(before, template({ warm: [19_999, 30_000] }))).toEqual([
    expect.stringMatching(/^loans: the ReadUnitsPerSecond .* from 20000 to 19999, .*Restore warmThroughput/),
  ])
})

test('what counts is what the table can take, which the deployed template does not know', () => {
  const can = (ReadUnitsPerSecond: number, WriteUnitsPerSecond: number) =>
    new Map([['loans', { ReadUnitsPerSecond, WriteUnitsPerSecond }]])
  const wanted = template({ warm: [13_000, 19_000] })
  expect(tableConflicts(template(), wanted, can(12_000, 19_000))).toEqual([])
  // Removed from the template, and added again lower.
  expect(tableConflicts(template(), wanted, can(12_000, 20_000))).toEqual([
    expect.stringMatching(/^loans: the WriteUnitsPerSecond .* from 20000 to 19000/),
  ])
  // Raised in the template, but not above what the table has grown to.
  expect(tableConflicts(template({ warm: [12_000, 5000] }), wanted, can(30_000, 5000))).toEqual([
    expect.stringMatching(/^loans: the ReadUnitsPerSecond .* from 30000 to 13000/),
  ])
  // CloudFormation updates nothing.
  expect(tableConflicts(wanted, wanted, can(30_000, 30_000))).toEqual([])
})

test('a table that is not deployed yet has no conflicts', () => {
  expect(tableConflicts({ Resources: {} }, template())).toEqual([])
})
