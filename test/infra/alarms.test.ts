import { stageOf } from '#infra/stages.ts'
import { labelled, synthesize, type Resource } from './synthesized.ts'
import { applicationId } from '#shared/application.ts'

const [dev, prod] = await Promise.all([synthesize(), synthesize('prod')])
const alarms = dev.ofType('AWS::CloudWatch::Alarm')
const composites = dev.ofType('AWS::CloudWatch::CompositeAlarm')

const watching = (metric: string): [string, Resource][] =>
  labelled(alarms.filter(({ properties }) => properties.MetricName === metric))

/** The alarm fires in the first minute whose maximum reaches the threshold. */
const atOnce = {
  Statistic: 'Maximum',
  Period: 60,
  EvaluationPeriods: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData: 'notBreaching',
}

test.each(watching('ApproximateNumberOfMessagesVisible'))('%s: fires for one message', (_label, { properties }) => {
  expect(properties).toMatchObject({ ...atOnce, Threshold: 1 })
})

test.each(watching('ApproximateAgeOfOldestMessage'))(
  '%s: fires five minutes after the delay of its queue',
  (_label, alarm) => {
    const queue = dev.referred(alarm, alarm.properties.Dimensions[0].Value)!
    expect(alarm.properties).toMatchObject({ ...atOnce, Threshold: 300 + (queue.properties.DelaySeconds ?? 0) })
  },
)

test.each(watching('IteratorAge'))('%s: fires after two minutes', (_label, { properties }) => {
  expect(properties).toMatchObject({ ...atOnce, Threshold: 120_000 })
})

const windowsOf = (composite: Resource): Resource[] =>
  composite.properties.AlarmRule['Fn::Join'][1]
    .filter((part: unknown) => typeof part === 'object')
    .map((part: unknown) => dev.referred(composite, part))

test.each([
  ['fast', 14.4, [3600, 300]],
  ['slow', 6, [21_600, 1800]],
])('the %s burn alarm fires at %d times the error budget over both of %j seconds', (speed, rate, periods) => {
  const name = `${applicationId}-dev-api-burn-${speed}`
  const windows = windowsOf(composites.find(({ properties }) => properties.AlarmName === name)!)
  expect(windows).toHaveLength(2)
  for (const [index, { properties }] of windows.entries()) {
    const stats = properties.Metrics.flatMap(({ MetricStat }: any) => MetricStat ?? [])
    expect(stats.map(({ Period }: any) => Period)).toEqual([periods[index], periods[index]])
    expect(properties.Threshold).toBeCloseTo(rate * (1 - stageOf('dev').availabilityObjective), 6)
    const [share] = properties.Metrics.filter((metric: any) => metric.ReturnData)
    const [, fewest] = /^IF\(requests > (\d+), /.exec(share.Expression)!
    // One error in the minimum number of requests must not reach the error rate.
    expect(1 / (Number(fewest) + 1)).toBeLessThan(properties.Threshold)
  }
})

test('orders are checked every 5 minutes, each at least once', () => {
  const [schedule] = dev.ofType('AWS::Scheduler::Schedule')
  expect(schedule!.properties).toMatchObject({ ScheduleExpression: 'rate(5 minutes)' })
  const sweep = dev.referred(schedule!, schedule!.properties.Target.Arn)!
  expect(sweep.properties.Environment.Variables).toMatchObject({ PATIENCE_MINUTES: '15', WINDOW_MINUTES: '10' })
})

test.each(labelled(prod.ofType('AWS::Events::Rule')))('rule %s: a lost event raises an alarm', (_label, rule) => {
  const { EventBusName, Name: RuleName = { Ref: rule.logicalId } } = rule.properties
  const dimensions = Object.entries({ ...(EventBusName && { EventBusName }), RuleName })
  const lost = prod
    .ofType('AWS::CloudWatch::Alarm')
    .filter(
      ({ stack, properties }) => stack === rule.stack && properties.MetricName === 'InvocationsFailedToBeSentToDlq',
    )
    .map(({ properties }) => ({
      ...properties,
      Dimensions: properties.Dimensions.map(({ Name, Value }: any) => [Name, Value]),
    }))
  expect(lost).toContainEqual(
    expect.objectContaining({
      Namespace: 'AWS/Events',
      Statistic: 'Sum',
      Threshold: 1,
      Period: 60,
      Dimensions: dimensions,
    }),
  )
})
