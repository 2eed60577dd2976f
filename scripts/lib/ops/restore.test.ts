import { ResourceNotFoundException, type TableDescription } from '@aws-sdk/client-dynamodb'
import { parseDeployment } from '../deployment.ts'
import type { DynamoDb } from './restored-table.ts'
import { restore } from './restore.ts'
import type { Session } from './session.ts'
import { applicationId } from '#shared/application.ts'

interface FakeTable extends TableDescription {
  timeToLive?: string
  backedUp?: boolean
  tags: { Key: string; Value: string }[]
}

const earliest = new Date('2026-04-01T00:00:00Z')
const latest = new Date('2026-05-01T12:00:00Z')
const at = new Date('2026-05-01T10:00:00Z')

/** The DynamoDB API that a restore uses; as AWS documents, a restored table has none of the settings. */
function fakeDynamoDb(tables: Map<string, FakeTable>) {
  const changes: string[] = []
  const arn = (name: string) => `arn:aws:dynamodb:us-east-1:111122223333:table/${name}`
  const found = (name: string) => {
    const table = tables.get(name)
    if (!table) throw new ResourceNotFoundException({ $metadata: {}, message: `no ${name}` })
    return table
  }
  const operations: Record<string, (input: any) => unknown> = {
    DescribeTable: ({ TableName }) => ({ Table: { TableName, TableArn: arn(TableName), ...found(TableName) } }),
    DescribeTimeToLive: ({ TableName }) => ({ TimeToLiveDescription: { AttributeName: found(TableName).timeToLive } }),
    ListTagsOfResource: ({ ResourceArn }) => ({ Tags: found(ResourceArn.split('/')[1]).tags }),
    DescribeContinuousBackups: ({ TableName }) => ({
      ContinuousBackupsDescription: {
        PointInTimeRecoveryDescription: found(TableName).backedUp
          ? {
              PointInTimeRecoveryStatus: 'ENABLED',
              EarliestRestorableDateTime: earliest,
              LatestRestorableDateTime: latest,
            }
          : { PointInTimeRecoveryStatus: 'DISABLED' },
      },
    }),
    RestoreTableToPointInTime: ({ TargetTableName }) =>
      tables.set(TargetTableName, { TableStatus: 'ACTIVE', tags: [] }),
    UpdateTable: ({ TableName, StreamSpecification, DeletionProtectionEnabled }) =>
      Object.assign(
        found(TableName),
        StreamSpecification ? { StreamSpecification, LatestStreamArn: `${arn(TableName)}/stream/1` } : {},
        DeletionProtectionEnabled === undefined ? {} : { DeletionProtectionEnabled },
      ),
    UpdateTimeToLive: ({ TableName, TimeToLiveSpecification }) =>
      (found(TableName).timeToLive = TimeToLiveSpecification.AttributeName),
    UpdateContinuousBackups: ({ TableName }) => (found(TableName).backedUp = true),
    TagResource: ({ ResourceArn, Tags }) => found(ResourceArn.split('/')[1]).tags.push(...Tags),
  }
  const send = async (command: { constructor: { name: string }; input: any }) => {
    const operation = command.constructor.name.replace(/Command$/, '')
    if (!/^(Describe|List)/.test(operation)) changes.push(operation)
    return operations[operation]!(command.input)
  }
  return { client: { send } as unknown as DynamoDb, changes }
}

const settings = {
  TableStatus: 'ACTIVE',
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  DeletionProtectionEnabled: true,
  timeToLive: 'expiresAt',
  backedUp: true,
  tags: [
    { Key: 'stage', Value: 'prod' },
    { Key: 'aws:cloudformation:stack-name', Value: `${applicationId}-prod-data` },
  ],
} satisfies Partial<FakeTable>

const target = 'shop-restored-20260501100000'

let printed: string[]
let planned: string[]
let signal: AbortController
let agrees: boolean
beforeEach(() => {
  printed = []
  planned = []
  signal = new AbortController()
  agrees = true
})

function session(): Session {
  const outputs = {
    ApiUrl: 'x',
    UserPoolId: 'us-east-1_1',
    UserPoolClientId: 'x',
    TableName: 'shop',
    EventBusName: 'x',
  }
  return {
    deployment: parseDeployment({ stack: outputs }, 'outputs.json'),
    place: 'in a test',
    signal: signal.signal,
    now: () => new Date(),
    print: (line) => printed.push(line),
    say: () => {},
    confirm: async (plan) => {
      planned.push(...plan)
      return agrees
    },
  }
}

test('a restored table receives all settings of the old table, and the settings that put it into use are printed', async () => {
  const tables = new Map<string, FakeTable>([['shop', { ...settings }]])
  expect(await restore(session(), at, fakeDynamoDb(tables).client)).toBe(0)
  expect(tables.get(target)).toMatchObject({ ...settings, tags: [{ Key: 'stage', Value: 'prod' }] })
  expect(printed.join()).toContain(`tableName: '${target}'`)
  expect(printed.join()).toContain(`streamArn: 'arn:aws:dynamodb:us-east-1:111122223333:table/${target}/stream/1'`)
  expect(tables.get('shop')).toEqual(settings)
})

test('a repetition applies only the missing settings', async () => {
  const tables = new Map<string, FakeTable>([['shop', { ...settings }]])
  await restore(session(), at, fakeDynamoDb(tables).client)
  delete tables.get(target)!.timeToLive
  const again = fakeDynamoDb(tables)
  expect(await restore(session(), at, again.client)).toBe(0)
  expect(again.changes).toEqual(['UpdateTimeToLive'])
  expect(planned.at(-2)).toMatch(/^Continue with/)
})

test.each([
  ['a time before the backups', new Date(earliest.getTime() - 1), {}, 'can be restored to a time from 2026-04-01'],
  ['a time after them', new Date(latest.getTime() + 1), {}, 'to 2026-05-01T12:00:00.000Z'],
  ['a table without backups', at, { backedUp: false }, 'shop has no point-in-time recovery'],
])('%s is rejected before anything is created', async (_, time, fields, sentence) => {
  const { client, changes } = fakeDynamoDb(new Map<string, FakeTable>([['shop', { ...settings, ...fields }]]))
  await expect(restore(session(), time, client)).rejects.toThrow(sentence)
  expect(changes).toEqual([])
})

test('nothing is created when the user declines', async () => {
  agrees = false
  const { client, changes } = fakeDynamoDb(new Map<string, FakeTable>([['shop', { ...settings }]]))
  expect(await restore(session(), at, client)).toBe(1)
  expect(changes).toEqual([])
})

test('after Ctrl-C it stops waiting', async () => {
  const tables = new Map<string, FakeTable>([
    ['shop', { ...settings }],
    [target, { TableStatus: 'CREATING', tags: [] }],
  ])
  const ended = restore(session(), at, fakeDynamoDb(tables).client)
  setTimeout(() => signal.abort())
  expect(await ended).toBe(130)
  expect(tables.get(target)!.TableStatus).toBe('CREATING')
})
