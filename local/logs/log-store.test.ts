import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { dayMs } from '../clock.ts'
import { State } from '../state/state.ts'
import { declare, TestEndpoint } from '../wire/testing.ts'
import { LogStore } from './log-store.ts'

const endpoint = new TestEndpoint()
const { clock } = endpoint
const start = clock.now()
const logs = new LogStore(endpoint)
let client: CloudWatchLogs

beforeAll(async () => {
  endpoint.server.addJsonService(logs.wire)
  await endpoint.listen()
  client = endpoint.client(CloudWatchLogs)
})
afterAll(() => endpoint.stop())

const line = (message: string, afterMs: number) => ({ message, timestampMs: start + afterMs })
const messages = (response: { events?: { message?: string }[] }) => response.events?.map((event) => event.message)

test('FilterLogEvents filters by pattern and time, in pages ordered by time', async () => {
  logs.append('/bakery/a', 'one', [line('mix', 1), line('{"step":"bake"}', 3)])
  logs.append('/bakery/a', 'two', [line('rest', 2), line('{"step":"sell"}', 4)])
  logs.append('/bakery/b', 'one', [line('other', 1)])
  const find = (input: object) => client.filterLogEvents({ logGroupName: '/bakery/a', ...input })

  expect(messages(await find({}))).toEqual(['mix', 'rest', '{"step":"bake"}', '{"step":"sell"}'])
  expect(messages(await find({ filterPattern: '{ $.step = "b*" }' }))).toEqual(['{"step":"bake"}'])
  expect(messages(await find({ startTime: start + 2, endTime: start + 4 }))).toEqual(['rest', '{"step":"bake"}'])
  const page = await find({ limit: 3 })
  expect(messages(page)).toHaveLength(3)
  const rest = await find({ limit: 3, nextToken: page.nextToken })
  expect(messages(rest)).toEqual(['{"step":"sell"}'])
  expect(rest.nextToken).toBeUndefined()
})

test('a template creates a group', async () => {
  const created = await declare(logs.providers, 'AWS::Logs::LogGroup', 'Logs', { RetentionInDays: 7 }, 's')
  expect(created).toEqual({
    ref: 's-Logs',
    attributes: { Arn: 'arn:aws:logs:us-east-1:000000000000:log-group:s-Logs:*' },
  })
})

test('events older than the retention of their group are deleted', async () => {
  logs.append('s-Logs', 'old', [line('yesterday', 0)])
  await clock.advance(8 * dayMs)
  logs.append('s-Logs', 'new', [{ message: 'today', timestampMs: clock.now() }])
  const response = await client.filterLogEvents({ logGroupName: 's-Logs' })
  expect(messages(response)).toEqual(['today'])
})

test('groups are found by a prefix', async () => {
  logs.append('s-Other', 'one', [line('knead', 1)])
  const named = async (input: object) =>
    (await client.describeLogGroups(input)).logGroups!.map(({ logGroupName }) => logGroupName)
  expect(await named({ logGroupNamePrefix: 's-O' })).toEqual(['s-Other'])
  expect(await named({})).toEqual(expect.arrayContaining(['s-Logs', 's-Other']))
  await expect(named({ logGroupNamePattern: 'O' })).rejects.toMatchObject({ name: 'ValidationError' })
})

test('invalid input is rejected', async () => {
  const find = (input: object) => client.filterLogEvents({ logGroupName: '/bakery/a', ...input })
  await expect(find({ logGroupName: 'absent' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  await expect(find({ filterPattern: '{ $.' })).rejects.toMatchObject({ name: 'InvalidParameterException' })
  await expect(find({ nextToken: 'x' })).rejects.toMatchObject({ name: 'InvalidParameterException' })
  await expect(find({ logStreamNames: ['one'] })).rejects.toMatchObject({ name: 'ValidationError' })
  await expect(find({ limit: 0 })).rejects.toMatchObject({ name: 'InvalidParameterException' })
})

test('lines are written together after a short time, and before the system stops', async () => {
  const state = new State(':memory:')
  const store = new LogStore({ state, clock })
  const stored = () => state.all<{ message: string }>('SELECT message FROM log_events').map(({ message }) => message)
  store.append('/bakery/d', 'one', [line('knead', 1)])
  store.append('/bakery/d', 'two', [line('\u2028 "rise"', 2)])
  expect(stored()).toEqual([])
  await clock.advance(200)
  expect(stored()).toEqual(['knead', '\u2028 "rise"'])
  store.append('/bakery/d', 'one', [line('bake', 3)])
  store.stop()
  expect(stored()).toHaveLength(3)
})
