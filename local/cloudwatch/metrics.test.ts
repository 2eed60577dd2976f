import { paginateListMetrics, type MetricDatum } from '@aws-sdk/client-cloudwatch'
import { Iam } from '../iam/iam.ts'
import { newStateFile } from '../test/folders.ts'
import { declare } from '../wire/testing.ts'
import { startCloudWatch } from './testing.ts'

let mill: Awaited<ReturnType<typeof startCloudWatch>>
beforeEach(async () => (mill = await startCloudWatch()))
afterEach(() => mill.stop())

const put = (...MetricData: MetricDatum[]) => mill.client.putMetricData({ Namespace: 'Mill', MetricData })

async function listed() {
  const pages: unknown[] = []
  for await (const { Metrics = [] } of paginateListMetrics({ client: mill.client }, {})) pages.push(Metrics)
  return pages as { MetricName: string }[][]
}

test('PutMetricData stores values, and ListMetrics returns their metrics, by dimensions in any order', async () => {
  const wheel = { Name: 'Wheel', Value: '1' }
  const side = { Name: 'Side', Value: 'left' }
  await put(
    { MetricName: 'Flour', Dimensions: [wheel, side], Value: 1, Unit: 'Count' },
    { MetricName: 'Flour', Dimensions: [side, wheel], Value: 2, Timestamp: new Date(mill.clock.now() - 60_000) },
    { MetricName: 'Flour', Value: 4 },
  )
  expect(await listed()).toEqual([
    [
      { Namespace: 'Mill', MetricName: 'Flour', Dimensions: [side, wheel] },
      { Namespace: 'Mill', MetricName: 'Flour', Dimensions: [] },
    ],
  ])
  const metric = { namespace: 'Mill', name: 'Flour', dimensions: { Wheel: '1', Side: 'left' } }
  const read = { startMs: mill.clock.now() - 120_000, periodMs: 60_000, periods: 3 }
  expect(mill.service.metrics.read(metric, read)).toMatchObject([undefined, { sum: 2 }, { sum: 1 }])
})

test('metrics with an entity are rejected, instead of lost', async () => {
  const EntityMetricData = [{ MetricData: [{ MetricName: 'Flour', Value: 1 }] }]
  const sent = mill.client.putMetricData({ Namespace: 'Mill', EntityMetricData })
  await expect(sent).rejects.toThrow('Not emulated: the parameter EntityMetricData.')
})

test('a large request, which the SDK compresses, is accepted, and its metrics are listed in pages', async () => {
  await put(...Array.from({ length: 900 }, (_, index) => ({ MetricName: `Flour${index}`, Value: index })))
  expect((await listed()).map(({ length }) => length)).toEqual([500, 400])
})

test.each<[string, MetricDatum]>([
  ['no name', { MetricName: '', Value: 1 }],
  ['no value', { MetricName: 'Flour' }],
  ['a timestamp out of range', { MetricName: 'Flour', Value: 1, Timestamp: new Date(0) }],
  ['values that are not emulated', { MetricName: 'Flour', Values: [1] }],
])('a datum with %s rejects the whole request', async (_, datum) => {
  await expect(put({ MetricName: 'Flour', Value: 1 }, datum)).rejects.toThrow(/MetricName|Value|Timestamp/)
  expect(await listed()).toEqual([[]])
})

test('metrics survive a restart, including unflushed values after a graceful shutdown', async () => {
  const stateFile = newStateFile()
  const before = await startCloudWatch({ stateFile })
  before.stones(3)
  before.service.metrics.flush()
  before.stones(4)
  await before.stop()
  const after = await startCloudWatch({ stateFile })
  const read = { startMs: after.clock.now(), periodMs: 60_000, periods: 1 }
  const [found] = after.service.metrics.read({ namespace: 'Mill', name: 'Stones', dimensions: {} }, read)
  expect(found).toEqual({ sum: 7, count: 2, min: 3, max: 4 })
  await after.stop()
})

test('values older than a day are deleted', async () => {
  mill.service.start()
  mill.stones(1)
  await mill.clock.advance(60_000)
  expect(mill.service.metrics.metrics()).toHaveLength(1)
  await mill.clock.advance(26 * 3_600_000)
  expect(mill.service.metrics.metrics()).toEqual([])
})

test('a role may write to the namespaces that its policy allows, but never to AWS/', async () => {
  const roleArn = 'arn:aws:iam::000000000000:role/miller'
  const iam = new Iam()
  const miller = await startCloudWatch({ access: iam, caller: { kind: 'role', roleArn } })
  const Statement = {
    Effect: 'Allow',
    Action: 'cloudwatch:PutMetricData',
    Resource: '*',
    Condition: { StringLike: { 'cloudwatch:namespace': ['Mill', 'AWS/*'] } },
  }
  await declare(iam.providers, 'AWS::IAM::Role', 'Miller', {
    RoleName: 'miller',
    AssumeRolePolicyDocument: { Statement: [] },
    Policies: [{ PolicyName: 'own-metrics', PolicyDocument: { Statement } }],
  })
  const write = (Namespace: string) =>
    miller.client.putMetricData({ Namespace, MetricData: [{ MetricName: 'Flour', Value: 1 }] })
  await write('Mill')
  await expect(write('Bakery')).rejects.toMatchObject({ name: 'AccessDeniedException' })
  await expect(write('AWS/Lambda')).rejects.toMatchObject({ name: 'InvalidParameterValueException' })
  await miller.stop()
})
