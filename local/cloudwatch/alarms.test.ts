import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCloudWatch } from './testing.ts'

let mill: Awaited<ReturnType<typeof startCloudWatch>>
beforeEach(async () => (mill = await startCloudWatch()))
afterEach(() => mill.stop())

const minutes = (count: number) => mill.clock.advance(count * 60_000)
const changes = () => mill.changes.map(({ alarm, before, now }) => `${alarm.name}: ${before.state} -> ${now.state}`)

test('an alarm changes to ALARM at the end of the minute in which its metric breaches, and back to OK afterwards', async () => {
  mill.alarm('Stuck', { TreatMissingData: 'notBreaching' })
  mill.service.start()
  await minutes(1)
  expect(changes()).toEqual(['mill-Stuck: INSUFFICIENT_DATA -> OK'])
  await minutes(0.5)
  mill.stones.add(1)
  await minutes(0.5)
  expect(await mill.stateOf('mill-Stuck')).toBe('ALARM')
  expect(mill.changes.at(-1)!.now.reason).toBe(
    'Threshold Crossed: 1 out of the last 1 datapoint [1.0 (01/01/26 00:01:00)] was greater than or equal to the threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition).',
  )
  await minutes(3)
  expect(await mill.stateOf('mill-Stuck')).toBe('OK')
  expect(mill.changes.at(-1)!.now.reason).toBe(
    'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
  )
})

test.each([
  ['GreaterThanThreshold', 3, 2],
  ['GreaterThanOrEqualToThreshold', 2, 1],
  ['LessThanThreshold', 1, 2],
  ['LessThanOrEqualToThreshold', 2, 3],
])('%s 2: %d breaches, %d does not', async (ComparisonOperator, bad, good) => {
  mill.alarm('Stuck', { ComparisonOperator, Threshold: '2' })
  mill.service.start()
  mill.stones.add(bad)
  await minutes(1)
  expect(await mill.stateOf('mill-Stuck')).toBe('ALARM')
  mill.stones.add(good)
  await minutes(1)
  expect(await mill.stateOf('mill-Stuck')).toBe('OK')
})

test('an alarm selects its percentile, dimensions and unit', async () => {
  mill.alarm('Slow', {
    MetricName: 'Turn',
    Dimensions: [{ Name: 'Wheel', Value: '1' }],
    Statistic: undefined,
    ExtendedStatistic: 'p90',
    Unit: 'Milliseconds',
    Threshold: 100,
  })
  mill.service.start()
  const turn = (Wheel: string, unit: string) =>
    mill.service.metrics.series({ namespace: 'Mill', name: 'Turn', dimensions: { Wheel } }, unit)
  turn('2', 'Milliseconds').add(500)
  turn('1', 'Seconds').add(500)
  await minutes(1)
  expect(await mill.stateOf('mill-Slow')).toBe('INSUFFICIENT_DATA')
  for (const value of [...Array.from({ length: 8 }, () => 10), 200, 200]) turn('1', 'Milliseconds').add(value)
  await minutes(1)
  expect(await mill.stateOf('mill-Slow')).toBe('ALARM')
})

test('an alarm needs M of N breaching periods', async () => {
  mill.alarm('Often', { EvaluationPeriods: 3, DatapointsToAlarm: 2 })
  mill.service.start()
  const states: unknown[] = []
  for (const value of [0, 0, 1, 0, 1, 0, 0]) {
    mill.stones.add(value)
    await minutes(1)
    states.push(await mill.stateOf('mill-Often'))
  }
  expect(states).toEqual(['OK', 'OK', 'OK', 'OK', 'ALARM', 'OK', 'OK'])
})

test('a period longer than a minute is a window that moves every minute', async () => {
  mill.alarm('Worn', { Period: 300, Threshold: 3, TreatMissingData: 'notBreaching' })
  mill.service.start()
  await minutes(2)
  mill.stones.add(3)
  await minutes(1)
  expect(await mill.stateOf('mill-Worn')).toBe('ALARM')
})

test('an alarm on the ratio of two metrics', async () => {
  const of = (Id: string, MetricName: string) => ({
    Id,
    ReturnData: false,
    MetricStat: { Metric: { Namespace: 'Mill', MetricName }, Period: 60, Stat: 'Sum' },
  })
  mill.declare('Alarm', 'Waste', {
    Metrics: [
      { Id: 'share', Expression: 'bran / flour', Label: 'Waste', ReturnData: true },
      of('bran', 'Bran'),
      of('flour', 'Flour'),
    ],
    EvaluationPeriods: 1,
    Threshold: 0.1,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  })
  mill.service.start()
  const add = (name: string, value: number) =>
    mill.service.metrics.series({ namespace: 'Mill', name, dimensions: {} }).add(value)
  add('Flour', 100)
  add('Bran', 10)
  await minutes(1)
  expect(await mill.stateOf('mill-Waste')).toBe('OK')
  add('Flour', 100)
  add('Bran', 11)
  await minutes(1)
  expect(await mill.stateOf('mill-Waste')).toBe('ALARM')
  expect(mill.events.at(-1)!.detail).toMatchObject({
    configuration: {
      metrics: [
        { id: 'share', expression: 'bran / flour', label: 'Waste', returnData: true },
        {
          id: 'bran',
          metricStat: { metric: { namespace: 'Mill', name: 'Bran', dimensions: {} }, period: 60, stat: 'Sum' },
        },
        { id: 'flour' },
      ],
    },
  })
})

test('a composite alarm follows its child alarms, which may be composite themselves', async () => {
  mill.alarm('Long', { Threshold: 1 })
  mill.alarm('Short', { Threshold: 5 })
  const both = mill.declare('CompositeAlarm', 'Both', { AlarmRule: 'ALARM("mill-Long") AND ALARM("mill-Short")' })
  mill.declare('CompositeAlarm', 'Calm', {
    AlarmName: 'calm',
    AlarmRule: `NOT ALARM("${String(both.attributes!['Arn'])}")`,
  })
  mill.service.start()
  mill.stones.add(1)
  await minutes(1)
  expect([await mill.stateOf('mill-Both'), await mill.stateOf('calm')]).toEqual(['OK', 'ALARM'])
  mill.stones.add(5)
  await minutes(1)
  expect([await mill.stateOf('mill-Both'), await mill.stateOf('calm')]).toEqual(['ALARM', 'OK'])
  expect(
    mill.events.find((event) => event.resources![0] === both.attributes!['Arn'] && stateIn(event) === 'ALARM')!.detail,
  ).toMatchObject({
    alarmName: 'mill-Both',
    configuration: { alarmRule: 'ALARM("mill-Long") AND ALARM("mill-Short")' },
    previousState: { value: 'OK' },
  })
})

const stateIn = ({ detail }: { detail: object }) => (detail as { state: { value: string } }).state.value

test('a state change publishes the event that EventBridge documents on the default bus', async () => {
  mill.alarm('Stuck', { AlarmName: 'stuck', AlarmDescription: 'The mill is stuck', Dimensions: [] })
  mill.service.start()
  mill.stones.add(1)
  await minutes(1)
  expect(mill.events).toEqual([
    {
      busName: 'default',
      source: 'aws.cloudwatch',
      detailType: 'CloudWatch Alarm State Change',
      resources: ['arn:aws:cloudwatch:us-east-1:000000000000:alarm:stuck'],
      time: new Date('2026-01-01T00:01:00Z'),
      detail: {
        alarmName: 'stuck',
        configuration: {
          description: 'The mill is stuck',
          metrics: [
            {
              id: 'm1',
              metricStat: { metric: { namespace: 'Mill', name: 'Stones', dimensions: {} }, period: 60, stat: 'Sum' },
              returnData: true,
            },
          ],
        },
        previousState: {
          value: 'INSUFFICIENT_DATA',
          reason: 'Unchecked: Initial alarm creation',
          timestamp: '2026-01-01T00:00:00.000+0000',
        },
        state: {
          value: 'ALARM',
          reason: expect.stringMatching(/^Threshold Crossed: /),
          reasonData: expect.any(String),
          timestamp: '2026-01-01T00:01:00.000+0000',
        },
      },
    },
  ])
  const { reasonData } = (mill.events[0]!.detail as { state: { reasonData: string } }).state
  expect(JSON.parse(reasonData)).toEqual({
    version: '1.0',
    queryDate: '2026-01-01T00:01:00.000+0000',
    startDate: '2026-01-01T00:00:00.000+0000',
    statistic: 'Sum',
    period: 60,
    recentDatapoints: [1],
    threshold: 1,
    evaluatedDatapoints: [{ timestamp: '2026-01-01T00:00:00.000+0000', value: 1 }],
  })
})

test('an alarm keeps its state across a restart', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'mill-'))
  const stateFile = join(directory, 'state.sqlite')
  const before = await startCloudWatch({ stateFile })
  before.alarm('Stuck')
  before.service.start()
  before.stones.add(1)
  await before.clock.advance(60_000)
  await before.stop()
  const after = await startCloudWatch({ stateFile })
  after.alarm('Stuck')
  after.service.start()
  await after.clock.advance(60_000)
  expect(after.changes).toEqual([])
  const { MetricAlarms } = await after.client.send(new DescribeAlarmsCommand({}))
  expect(MetricAlarms![0]!.StateValue).toBe('ALARM')
  await after.stop()
  rmSync(directory, { recursive: true })
})

test('a value with a future timestamp counts once its period has ended', async () => {
  mill.alarm('Stuck')
  mill.service.start()
  mill.stones.add(1, 1, mill.clock.now() + 150_000)
  await minutes(2)
  expect(changes()).toEqual([])
  await minutes(1)
  expect(await mill.stateOf('mill-Stuck')).toBe('ALARM')
})

test('an alarm with a period below a minute is evaluated more often than every minute', async () => {
  mill.alarm('Quick', { Period: 10 })
  mill.service.start()
  mill.service.metrics.series({ namespace: 'Mill', name: 'Stones', dimensions: {} }, 'None', true).add(1)
  await mill.clock.advance(10_000)
  expect(await mill.stateOf('mill-Quick')).toBe('ALARM')
})
