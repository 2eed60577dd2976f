import {
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  SetAlarmStateCommand,
  type StateValue,
} from '@aws-sdk/client-cloudwatch'
import { startCloudWatch } from './testing.ts'

let mill: Awaited<ReturnType<typeof startCloudWatch>>
beforeEach(async () => (mill = await startCloudWatch()))
afterEach(() => mill.stop())

const minutes = (count: number) => mill.clock.advance(count * 60_000)

test('SetAlarmState lasts until the next evaluation, and the history lists both changes', async () => {
  mill.alarm('Stuck', { TreatMissingData: 'notBreaching' })
  mill.service.start()
  await minutes(1)
  const set = (StateValue: string, AlarmName = 'mill-Stuck') =>
    mill.client.send(
      new SetAlarmStateCommand({ AlarmName, StateValue: StateValue as StateValue, StateReason: 'A drill' }),
    )
  await set('ALARM')
  expect(await mill.stateOf('mill-Stuck')).toBe('ALARM')
  await minutes(1)
  expect(await mill.stateOf('mill-Stuck')).toBe('OK')
  const { AlarmHistoryItems } = await mill.client.send(new DescribeAlarmHistoryCommand({ AlarmName: 'mill-Stuck' }))
  expect(AlarmHistoryItems!.map(({ HistorySummary }) => HistorySummary)).toEqual([
    'Alarm updated from ALARM to OK',
    'Alarm updated from OK to ALARM',
    'Alarm updated from INSUFFICIENT_DATA to OK',
  ])
  await expect(set('BURNING')).rejects.toMatchObject({ name: 'InvalidParameterValueException' })
  await expect(set('OK', 'absent')).rejects.toMatchObject({ name: 'ResourceNotFound' })
})

test('DescribeAlarms returns the properties of the template, filtered by type, prefix and state', async () => {
  mill.alarm('Stuck', {
    AlarmDescription: 'It is stuck',
    AlarmActions: ['arn:aws:sns:us-east-1:0:miller'],
    Period: '60',
  })
  mill.declare('CompositeAlarm', 'Both', { AlarmRule: 'ALARM("mill-Stuck")' })
  const described = await mill.client.send(new DescribeAlarmsCommand({}))
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
  const inAlarm = await mill.client.send(new DescribeAlarmsCommand({ StateValue: 'ALARM', AlarmNamePrefix: 'mill-' }))
  expect(inAlarm.MetricAlarms).toEqual([])
})

test.each([
  [{ Metrics: [{ Id: 'b', Expression: 'SEARCH("x", "Sum")' }] }, 'the function SEARCH of metric math is not emulated'],
  [{ Metrics: [], ThresholdMetricId: 'band', Threshold: undefined }, 'anomaly detection is not emulated'],
  [{ Statistic: undefined, ExtendedStatistic: 'tm90' }, 'the statistic tm90 is not emulated'],
])('an alarm that is not emulated is reported as a limitation: %j', async (properties, reason) => {
  const { limitations } = mill.alarm('Odd', properties)
  expect(limitations).toEqual([`The alarm is not evaluated: ${reason}`])
  mill.service.start()
  await minutes(2)
  expect(await mill.stateOf('mill-Odd')).toBe('INSUFFICIENT_DATA')
})

test.each([
  [{ EvaluationPeriods: undefined }, 'EvaluationPeriods'],
  [{ DatapointsToAlarm: 2 }, 'more DatapointsToAlarm'],
  [{ ComparisonOperator: 'About' }, 'ComparisonOperator About'],
  [{ TreatMissingData: 'worse' }, 'TreatMissingData worse'],
  [{ Threshold: undefined }, 'no Threshold'],
  [{ Period: 45 }, 'The period 45'],
  [{ Namespace: undefined }, 'neither Metrics nor'],
  [{ Metrics: [{ Id: 'a', Expression: 'b + ' }] }, 'not valid at its end'],
  [{ Metrics: [{ Id: 'a', Expression: 'nothing' }] }, 'no query has the id nothing'],
])('an invalid alarm is rejected: %j', (properties, message) => {
  expect(() => mill.alarm('Bad', properties)).toThrow(message)
})

test('a composite alarm that refers to an unknown alarm is rejected', () => {
  expect(() => mill.declare('CompositeAlarm', 'Bad', { AlarmRule: 'ALARM(absent)' })).toThrow('absent')
})
