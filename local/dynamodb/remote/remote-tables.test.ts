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
  indexes: [index('same'), index('changed', { projection: 'INCLUDE', included: ['title'] }), index('added')],
  streamViewType: 'NEW_IMAGE',
  timeToLiveAttribute: 'expiresAt',
  billingMode: 'PAY_PER_REQUEST',
  deletionProtection: false,
}

const describeIndex = (name: string) => ({
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
  GlobalSecondaryIndexes: ['same', 'changed', 'removed'].map(describeIndex),
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
  LatestStreamArn: 'arn:remote',
}

function ensure(remote: { table: object | undefined; timeToLive: object }) {
  const updates: unknown[] = []
  const engine = createEngine(new State(':memory:'), new ManualClock())
  const tables = new RemoteTables(engine, {
    async call(_api, operation, input: any) {
      const { TableName: _name, ...rest } = input
      if (operation === 'DescribeTimeToLive') return { TimeToLiveDescription: remote.timeToLive }
      if (operation === 'DescribeTable' && remote.table) return { Table: remote.table }
      if (operation === 'DescribeTable') throw new AwsError('ResourceNotFoundException', 'No such table')
      updates.push({ [operation]: rest })
      return {}
    },
  })
  return { updates, done: tables.ensure(engine.tables.add(schema)) }
}

test('indexes, stream and time to live of an existing table are updated to the template', async () => {
  const timeToLive = { TimeToLiveStatus: 'ENABLED', AttributeName: 'old' }
  const { updates, done } = ensure({ table: existing, timeToLive })
  expect(await done).toEqual({ streamArn: 'arn:remote' })
  const change = (name: string, over: object = {}) => ({
    GlobalSecondaryIndexUpdates: [
      {
        Create: {
          IndexName: name,
          KeySchema: describeIndex(name).KeySchema,
          Projection: { ProjectionType: 'ALL' },
          ...over,
        },
      },
    ],
    AttributeDefinitions: expect.arrayContaining([{ AttributeName: name, AttributeType: 'S' }]),
  })
  expect(updates).toEqual([
    { UpdateTable: { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'changed' } }] } },
    { UpdateTable: { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'removed' } }] } },
    { UpdateTable: change('changed', { Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['title'] } }) },
    { UpdateTable: change('added') },
    { UpdateTable: { StreamSpecification: { StreamEnabled: false } } },
    { UpdateTable: { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } } },
    { UpdateTimeToLive: { TimeToLiveSpecification: { AttributeName: 'old', Enabled: false } } },
    { UpdateTimeToLive: { TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true } } },
  ])
})

test('a table that matches the template is not updated', async () => {
  const same = {
    ...existing,
    GlobalSecondaryIndexes: [
      describeIndex('same'),
      describeIndex('added'),
      { ...describeIndex('changed'), Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['title'] } },
    ],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
  }
  const { updates, done } = ensure({
    table: same,
    timeToLive: { TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' },
  })
  await done
  expect(updates).toEqual([])
})
