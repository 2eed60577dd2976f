import { stageOf } from '#infra/stages.ts'
import { labelled, synthesize, type Resource } from './synthesized.ts'
import { applicationId, metricsNamespace } from '#shared/application.ts'

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
  [`${applicationId}-dev-api-burn-fast`, 14.4, [3600, 300]],
  [`${applicationId}-dev-api-burn-slow`, 6, [21_600, 1800]],
])('%s: %d times the error budget, in both windows', (name, rate, periods) => {
  const composite = composites.find(({ properties }) => properties.AlarmName === name)!
  const rule = composite.properties.AlarmRule['Fn::Join'][1].map((part: unknown) =>
    typeof part === 'string' ? part : '',
  )
  expect(rule.join('')).toBe('(ALARM("") AND ALARM(""))')
  for (const [index, window] of windowsOf(composite).entries()) {
    const { Metrics, ...properties } = window.properties
    expect(properties).toMatchObject({
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    })
    expect(properties.Threshold).toBeCloseTo(rate * (1 - stageOf('dev').availabilityObjective), 6)
    const measured = Metrics.filter((metric: any) => metric.MetricStat)
    expect(measured.map(({ MetricStat }: any) => [MetricStat.Metric.MetricName, MetricStat.Period, MetricStat.Stat]))
      .toEqual([['Count', periods[index], 'Sum'], ['5xx', periods[index], 'Sum']]) // oxfmt-ignore
    const [share] = Metrics.filter((metric: any) => metric.ReturnData)
    const [, fewest] = /^IF\(requests > (\d+), FILL\(errors, 0\) \/ requests, 0\)$/.exec(share.Expression)!
    // One error in the minimum number of requests must not reach the error rate.
    expect(1 / (Number(fewest) + 1)).toBeLessThan(properties.Threshold)
  }
})

test('orders are checked every 5 minutes, each at least once, and a stuck order raises the alarm', () => {
  const [schedule] = dev.ofType('AWS::Scheduler::Schedule')
  expect(schedule!.properties).toMatchObject({ ScheduleExpression: 'rate(5 minutes)' })
  const sweep = dev.referred(schedule!, schedule!.properties.Target.Arn)!
  expect(sweep.properties.Environment.Variables).toMatchObject({ PATIENCE_MINUTES: '15', WINDOW_MINUTES: '10' })
  const [[, alarm]] = watching('OrdersStuck') as [[string, Resource]]
  expect(alarm.properties).toMatchObject({
    Namespace: metricsNamespace,
    Dimensions: [
      { Name: 'service', Value: 'orders' },
      { Name: 'stage', Value: 'dev' },
    ],
    Statistic: 'Sum',
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  })
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

test.each([
  ['a refund that did not reach its customer', '-payments-refunds-failed', 'RefundsFailed'],
  ['a charge-back', '-payments-charged-back', 'PaymentsChargedBack'],
])('%s raises an alarm', (_, name, metric) => {
  const [alarm] = alarms.filter(({ properties }) => properties.AlarmName.endsWith(name))
  expect(alarm!.properties).toMatchObject({
    MetricName: metric,
    Statistic: 'Sum',
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  })
})

test('emails that SES refuses for good raise an alarm, unless they are few', () => {
  const [alarm] = alarms.filter(({ properties }) => properties.AlarmName.endsWith('-notifications-mails-refused'))
  expect(alarm!.properties).toMatchObject({ Threshold: 0.1, ComparisonOperator: 'GreaterThanThreshold' })
  const [share, ...metrics] = alarm!.properties.Metrics
  expect(share.Expression).toBe('IF(refused >= 3, refused / (refused + FILL(sent, 0)), 0)')
  expect(metrics.map(({ Id, MetricStat }: any) => [Id, MetricStat.Metric.MetricName, MetricStat.Period])).toEqual([
    ['refused', 'MailsRefused', 900],
    ['sent', 'MailsSent', 900],
  ])
})

test('orders that no sweep checks raise an alarm', () => {
  const [alarm, ...others] = alarms.filter(({ properties }) => properties.AlarmName.endsWith('-orders-not-checked'))
  expect(others).toEqual([])
  expect(alarm!.properties).toMatchObject({ Threshold: 1, DatapointsToAlarm: 2, TreatMissingData: 'notBreaching' })
  const stats = alarm!.properties.Metrics.flatMap(({ MetricStat }: any) => MetricStat ?? [])
  expect(stats.map(({ Metric, Period }: any) => [Metric.MetricName, Period])).toEqual([
    ['OrderRevenue', 900],
    ['OrderRevenue', 900],
    ['Invocations', 900],
  ])
  expect(dev.referred(alarm!, stats[2].Metric.Dimensions[0].Value)!.properties.FunctionName).toMatch(
    /-find-stuck-orders$/,
  )
})

test('a relay that is not invoked raises an alarm because it publishes nothing', () => {
  const [silent, ...others] = alarms.filter(({ properties }) => properties.AlarmName.endsWith('-event-relay-silent'))
  expect(others).toEqual([])
  expect(silent!.properties).toMatchObject({ Threshold: 1, DatapointsToAlarm: 2, TreatMissingData: 'notBreaching' })
  const measured = silent!.properties.Metrics.filter((metric: any) => metric.MetricStat).map(({ MetricStat }: any) => [
    MetricStat.Metric.MetricName,
    MetricStat.Stat,
    Object.fromEntries(MetricStat.Metric.Dimensions.map(({ Name, Value }: any) => [Name, Value])),
  ])
  expect(measured).toEqual([
    ['OrderRevenue', 'SampleCount', { service: 'orders', stage: 'dev', OrderType: 'standard' }],
    ['OrderRevenue', 'SampleCount', { service: 'orders', stage: 'dev', OrderType: 'express' }],
    ['EventsPublished', 'Sum', { service: 'event-relay', stage: 'dev' }],
  ])
})
