import { ManualClock } from '../../clock.ts'
import { State } from '../../state/state.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { createEngine } from '../engine.ts'
import type { TableSchema } from '../schema.ts'
import { RemoteTables } from './remote-tables.ts'

const attribute = (name: string) => ({ name, type: 'S' as const })
const index = (name: string, over: object = {}) => ({
  name,
  kind: 'global' as const,
  key: { partition: attribute(name) },
  projection: 'ALL' as const,
  included: [],
  ...over,
})

const schema: TableSchema = {
  name: 'loans',
  key: { partition: attribute('PK') },
  indexes: [index('kept'), index('changed', { projection: 'INCLUDE', included: ['title'] }), index('added')],
  streamViewType: 'NEW_IMAGE',
  timeToLiveAttribute: 'gone',
  billingMode: 'PAY_PER_REQUEST',
  deletionProtection: false,
}

const described = (name: string) => ({
  IndexName: name,
  KeySchema: [{ AttributeName: name, KeyType: 'HASH' }],
  Projection: { ProjectionType: 'ALL' },
  IndexStatus: 'ACTIVE',
})

const existing = {
  TableName: 'loans',
  TableStatus: 'ACTIVE',
  AttributeDefinitions: [{ AttributeName: 'PK', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'PK', KeyType: 'HASH' }],
  GlobalSecondaryIndexes: ['kept', 'changed', 'gone'].map(described),
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
  LatestStreamArn: 'arn:remote',
}

function ensure(answers: { table: object | undefined; timeToLive: object }) {
  const updates: unknown[] = []
  const engine = createEngine(new State(':memory:'), new ManualClock())
  const tables = new RemoteTables(engine, {
    async call(_api, operation, input: any) {
      const { TableName: _name, ...rest } = input
      if (operation === 'DescribeTimeToLive') return { TimeToLiveDescription: answers.timeToLive }
      if (operation === 'DescribeTable' && answers.table) return { Table: answers.table }
      if (operation === 'DescribeTable') throw new AwsError('ResourceNotFoundException', 'No such table')
      updates.push({ [operation]: rest })
      return {}
    },
  })
  return { updates, done: tables.ensure(engine.tables.add(schema)) }
}

test('indexes, stream and time to live of a table that is there follow the template', async () => {
  const timeToLive = { TimeToLiveStatus: 'ENABLED', AttributeName: 'old' }
  const { updates, done } = ensure({ table: existing, timeToLive })
  expect(await done).toEqual({ streamArn: 'arn:remote' })
  const change = (name: string, over: object = {}) => ({
    GlobalSecondaryIndexUpdates: [
      {
        Create: {
          IndexName: name,
          KeySchema: described(name).KeySchema,
          Projection: { ProjectionType: 'ALL' },
          ...over,
        },
      },
    ],
    AttributeDefinitions: expect.arrayContaining([{ AttributeName: name, AttributeType: 'S' }]),
  })
  expect(updates).toEqual([
    { UpdateTable: { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'changed' } }] } },
    { UpdateTable: { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'gone' } }] } },
    { UpdateTable: change('changed', { Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['title'] } }) },
    { UpdateTable: change('added') },
    { UpdateTable: { StreamSpecification: { StreamEnabled: false } } },
    { UpdateTable: { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } } },
    { UpdateTimeToLive: { TimeToLiveSpecification: { AttributeName: 'old', Enabled: false } } },
    { UpdateTimeToLive: { TimeToLiveSpecification: { AttributeName: 'gone', Enabled: true } } },
  ])
})

test('a table that is as the template says is left alone', async () => {
  const same = {
    ...existing,
    GlobalSecondaryIndexes: [
      described('kept'),
      described('added'),
      { ...described('changed'), Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['title'] } },
    ],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
  }
  const { updates, done } = ensure({ table: same, timeToLive: { TimeToLiveStatus: 'ENABLED', AttributeName: 'gone' } })
  await done
  expect(updates).toEqual([])
})
