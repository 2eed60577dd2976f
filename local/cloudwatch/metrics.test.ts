import {
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
  type MetricDataQuery,
  type MetricDatum,
} from '@aws-sdk/client-cloudwatch'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Iam } from '../iam/iam.ts'
import { startCloudWatch } from './testing.ts'

let mill: Awaited<ReturnType<typeof startCloudWatch>>
beforeEach(async () => (mill = await startCloudWatch()))
afterEach(() => mill.stop())

const put = (...MetricData: MetricDatum[]) =>
  mill.client.send(new PutMetricDataCommand({ Namespace: 'Mill', MetricData }))

const minute = (ago: number) => new Date(mill.clock.now() - ago * 60_000)

const stat = (Id: string, Stat: string, over: object = {}, Period = 60): MetricDataQuery => ({
  Id,
  MetricStat: { Metric: { Namespace: 'Mill', MetricName: 'Flour', ...over }, Period, Stat },
})

async function data(MetricDataQueries: MetricDataQuery[], minutes = 10) {
  const { MetricDataResults } = await mill.client.send(
    new GetMetricDataCommand({ MetricDataQueries, StartTime: minute(minutes), EndTime: minute(-1) }),
  )
  return Object.fromEntries(MetricDataResults!.map(({ Id, Values }) => [Id, Values]))
}

test('GetMetricData returns the statistics of single values, values with counts and statistic sets, the newest first', async () => {
  await put(
    { MetricName: 'Flour', Value: 5, Timestamp: minute(2) },
    { MetricName: 'Flour', Values: [1, 9], Counts: [3, 1], Timestamp: minute(1) },
    { MetricName: 'Flour', StatisticValues: { SampleCount: 2, Sum: 10, Minimum: 4, Maximum: 6 } },
  )
  const statistics = ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount']
  expect(await data(statistics.map((statistic) => stat(statistic.toLowerCase(), statistic)))).toEqual({
    sum: [10, 12, 5],
    average: [5, 3, 5],
    minimum: [4, 1, 5],
    maximum: [6, 9, 5],
    samplecount: [2, 4, 1],
  })
})

test('percentiles need individual values; a statistic set has none', async () => {
  await put({ MetricName: 'Flour', Values: Array.from({ length: 100 }, (_, index) => index + 1) })
  expect(await data([stat('p50', 'p50'), stat('p99', 'p99'), stat('p999', 'p99.9')])).toEqual({
    p50: [50],
    p99: [99],
    p999: [100],
  })
  await put({ MetricName: 'Bran', StatisticValues: { SampleCount: 2, Sum: 10, Minimum: 4, Maximum: 6 } })
  expect(await data([stat('p50', 'p50', { MetricName: 'Bran' })])).toEqual({ p50: [] })
})

test('percentiles are approximate beyond the number of distinct values that are stored exactly', async () => {
  const series = mill.service.metrics.series({ namespace: 'Mill', name: 'Flour', dimensions: {} })
  for (let value = 1; value <= 5000; value += 1) series.add(value + 0.123)
  const { p90, count } = await data([stat('p90', 'p90'), stat('count', 'SampleCount')])
  expect(count).toEqual([5000])
  expect(p90![0]! / 4500).toBeCloseTo(1, 2)
})

test('dimensions identify a metric in any order, and a unit selects values', async () => {
  const wheel = { Name: 'Wheel', Value: '1' }
  const side = { Name: 'Side', Value: 'left' }
  await put(
    { MetricName: 'Flour', Dimensions: [wheel, side], Value: 1, Unit: 'Count' },
    { MetricName: 'Flour', Dimensions: [side, wheel], Value: 2, Unit: 'Bytes' },
    { MetricName: 'Flour', Value: 4 },
  )
  const bytes = stat('bytes', 'Sum', { Dimensions: [wheel, side] })
  bytes.MetricStat!.Unit = 'Bytes'
  expect(await data([stat('both', 'Sum', { Dimensions: [wheel, side] }), stat('none', 'Sum'), bytes])).toEqual({
    both: [3],
    none: [4],
    bytes: [2],
  })
  const listed = await mill.client.send(
    new ListMetricsCommand({ Namespace: 'Mill', Dimensions: [{ Name: 'Side' }], MetricName: 'Flour' }),
  )
  expect(listed.Metrics).toEqual([{ Namespace: 'Mill', MetricName: 'Flour', Dimensions: [side, wheel] }])
  const named = await mill.client.send(new ListMetricsCommand({ Dimensions: [{ Name: 'constructor' }] }))
  expect(named.Metrics).toEqual([])
})

test('a longer period sums up minutes, and expressions use queries that are not returned', async () => {
  await mill.clock.advance(240_000)
  for (const ago of [1, 2, 3]) await put({ MetricName: 'Flour', Value: ago, Timestamp: minute(ago) })
  const hidden = { ...stat('flour', 'Sum', {}, 300), ReturnData: false }
  const results = await data([
    hidden,
    { Id: 'double', Expression: 'flour * 2' },
    { Id: 'again', Expression: 'double + 1' },
  ])
  expect(results).toEqual({ double: [12], again: [13] })
})

test('GetMetricStatistics returns the statistics of each period', async () => {
  await put({ MetricName: 'Flour', Values: [1, 2, 3] })
  const { Datapoints } = await mill.client.send(
    new GetMetricStatisticsCommand({
      Namespace: 'Mill',
      MetricName: 'Flour',
      StartTime: minute(5),
      EndTime: minute(-1),
      Period: 60,
      Statistics: ['Sum', 'Maximum'],
      ExtendedStatistics: ['p50'],
    }),
  )
  expect(Datapoints).toEqual([
    { Timestamp: minute(0), Sum: 6, Maximum: 3, Unit: 'None', ExtendedStatistics: { p50: 2 } },
  ])
})

test('a large request, which the SDK compresses, is accepted', async () => {
  const many = Array.from({ length: 900 }, (_, index) => ({ MetricName: `Flour${index}`, Value: index }))
  await put(...many)
  expect(await data([stat('last', 'Sum', { MetricName: 'Flour899' })])).toEqual({ last: [899] })
})

test.each<[string, MetricDatum, string]>([
  ['no name', { MetricName: '', Value: 1 }, 'MissingRequiredParameterException'],
  ['no value', { MetricName: 'Flour' }, 'MissingRequiredParameterException'],
  ['both Value and Values', { MetricName: 'Flour', Value: 1, Values: [1] }, 'InvalidParameterCombinationException'],
  ['more counts than values', { MetricName: 'Flour', Values: [1], Counts: [1, 2] }, 'InvalidParameterValueException'],
  [
    'a timestamp out of range',
    { MetricName: 'Flour', Value: 1, Timestamp: new Date(0) },
    'InvalidParameterValueException',
  ],
])('a datum with %s rejects the whole request', async (_, datum, name) => {
  await expect(put({ MetricName: 'Flour', Value: 1 }, datum)).rejects.toMatchObject({ name })
  expect(await data([stat('flour', 'Sum')])).toEqual({ flour: [] })
})

test.each([
  [{ Id: 'e1', Expression: 'SEARCH("x")' }, 'Not emulated: the function SEARCH of metric math'],
  [{ Id: 'e1', Expression: 'm7 + 1' }, 'no query has the id m7'],
  [{ Id: 'e1', Expression: '1 + 1' }, 'A metric is expected, not a scalar.'],
  [stat('m1', 'TM(5%:95%)'), 'Not emulated: the statistic TM(5%:95%)'],
  [stat('m1', 'Sum', {}, 45), 'The period 45'],
])('the query %j is rejected', async (query, message) => {
  await expect(data([query])).rejects.toMatchObject({ message: expect.stringContaining(message) })
})

test('metrics survive a restart, including unflushed values after a graceful shutdown', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'mill-'))
  const stateFile = join(directory, 'state.sqlite')
  const before = await startCloudWatch({ stateFile })
  before.stones.add(3)
  before.service.metrics.flush()
  before.stones.add(4)
  await before.stop()
  const after = await startCloudWatch({ stateFile })
  const read = { startMs: after.clock.now(), periodMs: 60_000, periods: 1, values: true }
  const [found] = after.service.metrics.read({ namespace: 'Mill', name: 'Stones', dimensions: {} }, read)
  expect(found).toMatchObject({ sum: 7, count: 2, min: 3, max: 4 })
  await after.stop()
  rmSync(directory, { recursive: true })
})

test('values older than a day are deleted', async () => {
  mill.service.start()
  mill.stones.add(1)
  await mill.clock.advance(60_000)
  expect(mill.service.metrics.metrics()).toHaveLength(1)
  await mill.clock.advance(26 * 3_600_000)
  expect(mill.service.metrics.metrics()).toEqual([])
})

test('a role may write to the namespaces that its policy allows, but never to AWS/', async () => {
  const roleArn = 'arn:aws:iam::000000000000:role/miller'
  const iam = new Iam()
  const miller = await startCloudWatch({ access: iam, caller: { kind: 'role', roleArn } })
  await iam.providers
    .find(({ type }) => type === 'AWS::IAM::Role')!
    .create({
      stackName: 'mill',
      logicalId: 'Miller',
      type: 'AWS::IAM::Role',
      generatedName: 'miller',
      properties: {
        RoleName: 'miller',
        AssumeRolePolicyDocument: { Statement: [] },
        Policies: [
          {
            PolicyName: 'own-metrics',
            PolicyDocument: {
              Statement: {
                Effect: 'Allow',
                Action: 'cloudwatch:PutMetricData',
                Resource: '*',
                Condition: { StringLike: { 'cloudwatch:namespace': ['Mill', 'AWS/*'] } },
              },
            },
          },
        ],
      },
    })
  const write = (Namespace: string) =>
    miller.client.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: 'Flour', Value: 1 }] }))
  await write('Mill')
  await expect(write('Bakery')).rejects.toMatchObject({ name: 'AccessDeniedException' })
  await expect(write('AWS/Lambda')).rejects.toMatchObject({ name: 'InvalidParameterValueException' })
  await miller.stop()
})
