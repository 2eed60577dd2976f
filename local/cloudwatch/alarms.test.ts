import { paginateDescribeAlarms, type StateValue } from '@aws-sdk/client-cloudwatch'
import { newStateFile } from '../test/folders.ts'
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
  mill.stones(1)
  await minutes(0.5)
  expect(await mill.stateOf('mill-Stuck')).toBe('ALARM')
  expect(mill.changes.at(-1)!.now.reason).toBe(
    'Threshold Crossed: 1 of the last 1 datapoint(s) [1] are GreaterThanOrEqualToThreshold 1 (minimum 1).',
  )
  await minutes(3)
  expect(await mill.stateOf('mill-Stuck')).toBe('OK')
  expect(mill.changes.at(-1)!.now.reason).toBe(
    'No datapoints were received for 1 period(s), which are treated as notBreaching.',
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
  mill.stones(bad)
  await minutes(1)
  expect(await mill.stateOf('mill-Stuck')).toBe('ALARM')
  mill.stones(good)
  await minutes(1)
  expect(await mill.stateOf('mill-Stuck')).toBe('OK')
})

test.each([
  ['Sum', 12],
  ['Average', 4],
  ['Minimum', 1],
  ['Maximum', 6],
  ['SampleCount', 3],
])('an alarm selects its statistic %s and its dimensions', async (Statistic, Threshold) => {
  const Dimensions = ['Wheel', 'Side'].map((Name) => ({ Name, Value: '1' }))
  mill.alarm('Turn', { MetricName: 'Turn', Dimensions, Statistic, Threshold })
  mill.alarm('More', { MetricName: 'Turn', Dimensions, Statistic, Threshold: Threshold + 1 })
  mill.service.start()
  const turn = (value: number, dimensions: Record<string, string>) =>
    mill.service.metrics.add({ namespace: 'Mill', name: 'Turn', dimensions }, value)
  turn(100, { Wheel: '2', Side: '1' })
  turn(100, { Wheel: '1' })
  for (const value of [1, 5, 6]) turn(value, { Side: '1', Wheel: '1' })
  await minutes(1)
  expect([await mill.stateOf('mill-Turn'), await mill.stateOf('mill-More')]).toEqual(['ALARM', 'OK'])
})

test('an alarm needs M of N breaching periods', async () => {
  mill.alarm('Often', { EvaluationPeriods: 3, DatapointsToAlarm: 2 })
  mill.service.start()
  const states: unknown[] = []
  for (const value of [0, 0, 1, 0, 1, 0, 0]) {
    mill.stones(value)
    await minutes(1)
    states.push(await mill.stateOf('mill-Often'))
  }
  expect(states).toEqual(['OK', 'OK', 'OK', 'OK', 'ALARM', 'OK', 'OK'])
})

test('a period longer than a minute is a window that moves every minute', async () => {
  mill.alarm('Worn', { Period: 300, Threshold: 3, TreatMissingData: 'notBreaching' })
  mill.service.start()
  await minutes(2)
  mill.stones(3)
  await minutes(1)
  expect(await mill.stateOf('mill-Worn')).toBe('ALARM')
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
  mill.stones(1)
  await minutes(1)
  expect([await mill.stateOf('mill-Both'), await mill.stateOf('calm')]).toEqual(['OK', 'ALARM'])
  mill.stones(5)
  await minutes(1)
  expect([await mill.stateOf('mill-Both'), await mill.stateOf('calm')]).toEqual(['ALARM', 'OK'])
  expect(mill.changes.at(-2)!.now.reason).toBe('mill-Long is ALARM, mill-Short is ALARM.')
})

test('a state change publishes the event that EventBridge documents on the default bus', async () => {
  mill.alarm('Stuck', { AlarmName: 'stuck', AlarmDescription: 'The mill is stuck', Dimensions: [] })
  mill.service.start()
  mill.stones(1)
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
        },
        previousState: {
          value: 'INSUFFICIENT_DATA',
          reason: 'Unchecked: Initial alarm creation',
          timestamp: '2026-01-01T00:00:00.000+0000',
        },
        state: {
          value: 'ALARM',
          reason: expect.stringMatching(/^Threshold Crossed: /),
          timestamp: '2026-01-01T00:01:00.000+0000',
        },
      },
    },
  ])
})

test('an alarm keeps its state across a restart', async () => {
  const stateFile = newStateFile()
  const before = await startCloudWatch({ stateFile })
  before.alarm('Stuck')
  before.service.start()
  before.stones(1)
  await before.clock.advance(60_000)
  await before.stop()
  const after = await startCloudWatch({ stateFile })
  after.alarm('Stuck')
  after.service.start()
  await after.clock.advance(60_000)
  expect(after.changes).toEqual([])
  const { MetricAlarms } = await after.client.describeAlarms({})
  expect(MetricAlarms![0]!.StateValue).toBe('ALARM')
  await after.stop()
})

test('a value with a future timestamp counts once its period has ended', async () => {
  mill.alarm('Stuck')
  mill.service.start()
  mill.stones(1, mill.clock.now() + 150_000)
  await minutes(2)
  expect(changes()).toEqual([])
  await minutes(1)
  expect(await mill.stateOf('mill-Stuck')).toBe('ALARM')
})

test('SetAlarmState lasts until the end of the minute', async () => {
  mill.alarm('Stuck', { TreatMissingData: 'notBreaching' })
  mill.declare('CompositeAlarm', 'Any', { AlarmRule: 'ALARM("mill-Stuck")' })
  mill.service.start()
  await minutes(1)
  const set = (StateValue: string, AlarmName = 'mill-Stuck') =>
    mill.client.setAlarmState({ AlarmName, StateValue: StateValue as StateValue, StateReason: 'A drill' })
  await set('ALARM')
  expect([await mill.stateOf('mill-Stuck'), await mill.stateOf('mill-Any')]).toEqual(['ALARM', 'ALARM'])
  await minutes(1)
  expect([await mill.stateOf('mill-Stuck'), await mill.stateOf('mill-Any')]).toEqual(['OK', 'OK'])
  await expect(set('BURNING')).rejects.toMatchObject({ name: 'InvalidParameterValueException' })
  await expect(set('OK', 'absent')).rejects.toMatchObject({ name: 'ResourceNotFound' })
})

test('DescribeAlarms returns the properties of the template, filtered by type, prefix and state, in pages', async () => {
  mill.alarm('Stuck', {
    AlarmDescription: 'It is stuck',
    AlarmActions: ['arn:aws:sns:us-east-1:0:miller'],
    Period: '60',
  })
  mill.declare('CompositeAlarm', 'Both', { AlarmRule: 'ALARM("mill-Stuck")' })
  const described = await mill.client.describeAlarms({})
  expect(described.CompositeAlarms).toEqual([])
  expect(described.MetricAlarms).toMatchObject([
    {
      AlarmName: 'mill-Stuck',
      AlarmDescription: 'It is stuck',
      AlarmActions: ['arn:aws:sns:us-east-1:0:miller'],
      Period: 60,
      Namespace: 'Mill',
      StateValue: 'INSUFFICIENT_DATA',
      StateUpdatedTimestamp: new Date('2026-01-01T00:00:00Z'),
    },
  ])
  const inAlarm = await mill.client.describeAlarms({ StateValue: 'ALARM', AlarmNamePrefix: 'mill-' })
  expect(inAlarm.MetricAlarms).toEqual([])
  const pages = paginateDescribeAlarms(
    { client: mill.client, pageSize: 1 },
    { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] },
  )
  const names: unknown[] = []
  for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages)
    names.push([...MetricAlarms, ...CompositeAlarms].map(({ AlarmName }) => AlarmName))
  expect(names).toEqual([['mill-Both'], ['mill-Stuck']])
  await expect(mill.client.describeAlarms({ ActionPrefix: 'x' })).rejects.toThrow('ActionPrefix')
})

test.each<[Record<string, unknown>, string]>([
  [{ Metrics: [{ Id: 'b', Expression: 'SEARCH(1, 2)' }] }, 'the function SEARCH with 2 argument(s)'],
  [{ Metrics: [{ Id: 'a', Expression: '[b' }] }, 'the expression [b cannot be read at [ b'],
  [{ Metrics: [{ Id: 'a', Expression: '1 + ' }] }, 'cannot be read at its end'],
  [{ Metrics: [{ Id: 'a', Expression: 'nothing' }] }, 'refers to nothing'],
  [{ Metrics: [{ Id: 'a', Expression: 'a + 1' }] }, 'the expression a refers to itself'],
  [{ Statistic: undefined, ExtendedStatistic: 'p99' }, 'the statistic p99 is not emulated'],
  [{ Namespace: 'AWS/SQS', MetricName: 'SentMessageSize' }, 'publishes SentMessageSize of AWS/SQS: they'],
  [{ Namespace: 'AWS/Lambda', MetricName: 'Errors' }, 'publishes metrics of AWS/Lambda by no dimension: they'],
  [
    { Namespace: 'AWS/Lambda', MetricName: 'Errors', Dimensions: [{ Name: 'Version', Value: '1' }] },
    'publishes metrics of AWS/Lambda by Version: they',
  ],
  [{ Unit: 'Bytes' }, 'the unit of a metric'],
  [{ Period: 10 }, 'the period 10 is not emulated'],
  [{ EvaluationPeriods: undefined }, 'EvaluationPeriods'],
  [{ DatapointsToAlarm: 2 }, 'DatapointsToAlarm'],
  [{ ComparisonOperator: 'LessThanLowerThreshold' }, 'the comparison LessThanLowerThreshold'],
  [{ TreatMissingData: 'worse' }, 'TreatMissingData worse'],
  [{ Threshold: undefined }, 'Threshold is not a number'],
])('an alarm that is not emulated or not valid is reported as a limitation: %j', async (properties, reason) => {
  const { limitations } = mill.alarm('Odd', properties)
  expect(limitations).toEqual([expect.stringContaining(reason)])
  mill.service.start()
  await minutes(2)
  expect(await mill.stateOf('mill-Odd')).toBe('INSUFFICIENT_DATA')
})

// "An alarm's total current evaluation period can be no longer than seven days, so Period multiplied by EvaluationPeriods can't be
// more than 604,800 seconds. For alarms with a period of less than one hour (3,600 seconds), the total evaluation period can't
// be longer than one day" (CloudWatch API Reference, PutMetricAlarm).
test.each([
  [300, 288, 289, 'one day'],
  [3600, 168, 169, 'seven days'],
])('an alarm on %d seconds may have %d periods, but not %d', (Period, allowed, tooMany, limit) => {
  const Metric = { Namespace: 'Mill', MetricName: 'Stones' }
  const single = { Metrics: [{ Id: 'a', MetricStat: { Metric, Period, Stat: 'Sum' } }], Period: undefined }
  for (const properties of [{ Period }, single]) {
    expect(mill.alarm('Long', { ...properties, EvaluationPeriods: allowed }).limitations).toEqual([])
    const longer = { ...properties, EvaluationPeriods: String(tooMany) }
    expect(() => mill.alarm('TooLong', longer)).toThrow(`are longer than ${limit}`)
  }
})

test('an alarm of a rollout, by the executed version, is not reported one by one', () => {
  const Dimensions = ['FunctionName', 'Resource', 'ExecutedVersion'].map((Name) => ({ Name, Value: 'grind' }))
  expect(mill.alarm('Canary', { Namespace: 'AWS/Lambda', MetricName: 'Errors', Dimensions }).limitations).toEqual([])
})

test('a composite alarm that refers to an unknown alarm is rejected', () => {
  expect(() => mill.declare('CompositeAlarm', 'Bad', { AlarmRule: 'ALARM("absent")' })).toThrow('absent')
})
