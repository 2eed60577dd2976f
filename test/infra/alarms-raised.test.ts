import type { ResourceDeclaration } from '@cartwheel/local/templates'
import { compileEventPattern } from '@cartwheel/local/testing'
import { AlarmDrill, declaredAlarms, type Watched } from './alarm-drill.ts'
import { metricsNamespace } from '#shared/application.ts'
import { synthesize, type Resource } from './synthesized.ts'
import { writtenMetrics } from './written-metrics.ts'

interface Alarm {
  readonly name: string
  /** The alarm and its child alarms. */
  readonly declarations: readonly ResourceDeclaration[]
  readonly watched: Watched
  /** Its child alarms; none for an alarm on metrics. */
  readonly parts: readonly string[]
}

const stages = ['dev', 'prod'] as const
const synthesized = await Promise.all(stages.map(async (stage) => [stage, await synthesize(stage)] as const))
const syntheses = new Map(synthesized)
const alarms = new Map(
  await Promise.all(
    synthesized.map(async ([stage, synthesis]) => [stage, alarmsIn(await declaredAlarms(synthesis))] as const),
  ),
)
const each = stages.flatMap((stage) => alarms.get(stage)!.map((alarm) => [stage, alarm.name, alarm] as const))

function alarmsIn(declarations: readonly ResourceDeclaration[]): Alarm[] {
  const drill = new AlarmDrill(declarations)
  const found = drill.names().map((name) => {
    const parts = drill.partsOf(name)
    const own = new Set([name, ...parts])
    return {
      name,
      parts,
      watched: drill.watchedBy(name),
      declarations: declarations.filter(({ properties }) => own.has(properties['AlarmName'])),
    }
  })
  drill.end()
  return found
}

/**
 * A single metric has values just below its threshold, equal to it and just above. Of several metrics, one may be a ratio
 * of another: their values are zero, a large number, or ratios of it around the threshold.
 */
function levels({ metrics, thresholds }: Watched): number[] {
  const around = thresholds.flatMap((threshold) => [0.99, 1, 1.01].map((times) => threshold * times))
  return metrics.length === 1 ? around : [muchTraffic, 0, ...around.map((share) => share * muchTraffic)]
}

const muchTraffic = 1_000_000

/** All combinations of values for this number of metrics. */
const assignments = (count: number, values: readonly number[]): number[][] =>
  count === 0 ? [[]] : assignments(count - 1, values).flatMap((rest) => values.map((value) => [...rest, value]))

/** @returns the first values that bring the alarm into the state; each combination is tried on a separate day */
async function valuesFor({ name, declarations, watched }: Alarm, state: 'ALARM' | 'OK'): Promise<number[]> {
  for (const values of assignments(watched.metrics.length, levels(watched))) {
    const drill = new AlarmDrill(declarations)
    await drill.put(watched.metrics, values, watched)
    await drill.wait(60)
    const found = drill.stateOf(name)
    drill.end()
    if (found === state) return values
  }
  throw new Error(`No values of ${JSON.stringify(watched.metrics)} bring the alarm ${name} into ${state}.`)
}

test.each(each)(
  '%s: %s is in ALARM for high metrics and returns to OK for normal ones',
  async (_stage, name, alarm) => {
    const bad = await valuesFor(alarm, 'ALARM')
    const normal = await valuesFor(alarm, 'OK')
    const drill = new AlarmDrill(alarm.declarations)
    const states: string[] = []
    for (const values of [normal, bad, normal]) {
      await drill.wait(alarm.watched.spanSeconds)
      await drill.put(alarm.watched.metrics, values, alarm.watched)
      await drill.wait(60)
      states.push(drill.stateOf(name))
    }
    drill.end()
    expect(states).toEqual(['OK', 'ALARM', 'OK'])
  },
)

test.each(each)('%s: %s is not in ALARM without data', async (_stage, name, alarm) => {
  const drill = new AlarmDrill(alarm.declarations)
  await drill.wait(600)
  expect(drill.stateOf(name)).toBe('OK')
  drill.end()
})

/**
 * The AWS metrics that alarms may use, with the resource type that each dimension refers to: an alarm on a metric that is
 * never published would never fire.
 */
const published: Readonly<Record<string, { metrics: RegExp; dimensions: Readonly<Record<string, RegExp>> }>> = {
  'AWS/SQS': {
    metrics:
      /^(Approximate(NumberOfMessages(Visible|NotVisible|Delayed)|AgeOfOldestMessage)|NumberOfMessages(Sent|Received|Deleted))$/,
    dimensions: { QueueName: /^AWS::SQS::Queue .* QueueName$/ },
  },
  'AWS/Lambda': {
    metrics:
      /^(Invocations|Errors|Throttles|Duration|IteratorAge|ConcurrentExecutions|AsyncEvents?(Received|Dropped|Age)|DeadLetterErrors|DestinationDeliveryFailures|ProvisionedConcurrency\w+|(Polled|FilteredOut|Invoked|FailedInvoke|Deleted|Dropped|OnFailureDestinationDelivered)EventCount)$/,
    dimensions: {
      FunctionName: /^AWS::Lambda::(Function|Alias) /,
      Resource: /^AWS::Lambda::(Function|Alias) /,
      ExecutedVersion: /^AWS::Lambda::Version \S+ Version$/,
      EventSourceMappingUUID: /^AWS::Lambda::EventSourceMapping \S+$/,
    },
  },
  'AWS/ApiGateway': {
    metrics: /^(Count|4xx|5xx|Latency|IntegrationLatency|DataProcessed)$/,
    dimensions: { ApiId: /^AWS::ApiGatewayV2::Api \S+$/, Stage: /./ },
  },
  'AWS/Events': {
    metrics: /^(MatchedEvents|TriggeredRules|(Failed)?Invocations|Invocations(FailedToBe)?SentToDlq)$/,
    // The rule by its name, or by its reference, which is its name only on the default bus.
    dimensions: { RuleName: /^(AWS::Events::Rule [^|]+|[\w.-]+)$/, EventBusName: /^AWS::Events::EventBus \S+$/ },
  },
}

test.each(each)('%s: %s uses published metrics', (stage, _name, { watched }) => {
  for (const { Namespace, MetricName, Dimensions } of watched.metrics) {
    if (Namespace === metricsNamespace && MetricName !== 'ServerErrors') {
      const { service, stage: itsStage } = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]))
      expect([itsStage, [...writtenMetrics]]).toEqual([stage, expect.arrayContaining([`${service} ${MetricName}`])])
    }
    const known = published[Namespace]
    if (!known) continue
    expect(MetricName).toMatch(known.metrics)
    expect(Dimensions).not.toEqual([])
    for (const { Name, Value } of Dimensions) expect(Value).toMatch(known.dimensions[Name] ?? /^not a dimension$/)
  }
})

const ofOneOwnMetric = each.filter(
  ([, , { watched }]) => watched.metrics.length === 1 && watched.metrics[0]!.Namespace === metricsNamespace,
)

test.each(ofOneOwnMetric)('%s: %s needs only one occurrence', async (_stage, name, { declarations, watched }) => {
  const drill = new AlarmDrill(declarations)
  await drill.put(watched.metrics, [1], { ...watched, spanSeconds: watched.stepSeconds })
  await drill.wait(60)
  expect(drill.stateOf(name)).toBe('ALARM')
  drill.end()
})

/** Values of the metrics of an alarm by name, in one of its periods. */
type Period = Readonly<Record<string, number>>

/** @param periods consecutive ones that have just ended, the oldest first */
async function stateAfter(suffix: string, periods: readonly Period[]): Promise<string> {
  const { name, declarations, watched } = alarms.get('dev')!.find((alarm) => alarm.name.endsWith(suffix))!
  const { metrics, stepSeconds } = watched
  const drill = new AlarmDrill(declarations)
  for (const [index, values] of periods.entries()) {
    const span = { spanSeconds: stepSeconds, stepSeconds, endedSecondsAgo: (periods.length - 1 - index) * stepSeconds }
    for (const [metric, value] of Object.entries(values)) {
      const named = metrics.find(({ MetricName }) => MetricName === metric)!
      await drill.put([named], [value], span)
    }
  }
  await drill.wait(60)
  const state = drill.stateOf(name)
  drill.end()
  return state
}

const ordered = { OrderRevenue: 20 }

test.each<[alarm: string, what: string, state: string, periods: Period[]]>([
  ['api-server-errors', 'a 5xx in three of five minutes', 'ALARM', [{ '5xx': 1 }, {}, { '5xx': 1 }, {}, { '5xx': 1 }]],
  ['api-server-errors', 'a 5xx in two of five minutes', 'OK', [{ '5xx': 9 }, {}, {}, {}, { '5xx': 9 }]],
  [
    'place-order-release',
    'a minute with too many 5xx, and one whose 5xx are not known yet',
    'ALARM',
    [{ Invocations: 100, ServerErrors: 2 }, { Invocations: 100 }],
  ],
  [
    'place-order-release',
    'two minutes with as many 5xx as a release may have',
    'OK',
    [
      { Invocations: 100, ServerErrors: 1 },
      { Invocations: 100, ServerErrors: 1 },
    ],
  ],
  ['mails-refused', 'two emails, both refused', 'OK', [{ MailsRefused: 2 }]],
  ['mails-refused', 'a tenth of the emails refused', 'OK', [{ MailsRefused: 3, MailsSent: 27 }]],
  ['mails-refused', 'more than a tenth of the emails refused', 'ALARM', [{ MailsRefused: 3, MailsSent: 26 }]],
  ['orders-not-checked', 'an order in each of two periods without a sweep', 'ALARM', [ordered, ordered]],
  ['orders-not-checked', 'an order in one period without a sweep', 'OK', [{}, ordered]],
  [
    'orders-not-checked',
    'an order in each of two periods with a sweep',
    'OK',
    [
      { ...ordered, Invocations: 1 },
      { ...ordered, Invocations: 1 },
    ],
  ],
  ['event-relay-silent', 'an order in each of two periods without an event', 'ALARM', [ordered, ordered]],
  ['event-relay-silent', 'an order in one period without an event', 'OK', [{}, ordered]],
  [
    'event-relay-silent',
    'an order with an event in each of two periods',
    'OK',
    [
      { ...ordered, EventsPublished: 1 },
      { ...ordered, EventsPublished: 1 },
    ],
  ],
])('%s after %s: %s', async (alarm, _what, state, periods) => {
  expect(await stateAfter(alarm, periods)).toBe(state)
})

/** The two windows of a burn rate, with the error rate threshold of each. */
function windowsOf({ parts }: Alarm, all: readonly Alarm[]) {
  const windows = parts.map((part) => all.find(({ name }) => name === part)!)
  const [short, long] = windows.toSorted((a, b) => a.watched.spanSeconds - b.watched.spanSeconds) as [Alarm, Alarm]
  const byName = (wanted: string) => long.watched.metrics.find(({ MetricName }) => MetricName === wanted)!
  return { short, long, metrics: [byName('Count'), byName('5xx')], share: long.watched.thresholds[0]! }
}

const burnRates = each.filter(([, name]) => /-burn-(fast|slow)$/.test(name))

test.each(burnRates)('%s: %s requires too many errors in both of its windows', async (stage, name, alarm) => {
  const { short, long, metrics, share } = windowsOf(alarm, alarms.get(stage)!)
  const [shortSeconds, longSeconds] = [short.watched.spanSeconds, long.watched.spanSeconds]
  /** The states of the long window, the short window and both, after these error rates in the short window and before. */
  const statesAfter = async (before: number, within: number) => {
    const drill = new AlarmDrill(alarm.declarations)
    const earlier = { spanSeconds: longSeconds - shortSeconds, stepSeconds: 60, endedSecondsAgo: shortSeconds }
    const traffic = (times: number) => [1000, 1000 * share * times]
    await drill.put(metrics, traffic(before), earlier)
    await drill.put(metrics, traffic(within), { spanSeconds: shortSeconds, stepSeconds: 60 })
    await drill.wait(60)
    const states = [long.name, short.name, name].map((part) => drill.stateOf(part))
    drill.end()
    return states
  }
  expect(await statesAfter(0.9, 0.9)).toEqual(['OK', 'OK', 'OK'])
  expect(await statesAfter(1.1, 1.1)).toEqual(['ALARM', 'ALARM', 'ALARM'])
  // A short burst has not consumed much of the budget, and a burn that has ended raises no alarm.
  expect(await statesAfter(0, 2)).toEqual(['OK', 'ALARM', 'OK'])
  expect(await statesAfter(2, 0)).toEqual(['ALARM', 'OK', 'OK'])
})

test('prod sends an email for every alarm that is not part of a composite alarm, when it fires but not when it recovers', () => {
  const isOfAlarms = ({ properties }: Resource) => properties.EventPattern?.source?.includes('aws.cloudwatch')
  const [rule] = syntheses.get('prod')!.ofType('AWS::Events::Rule').filter(isOfAlarms)
  const matches = compileEventPattern(rule!.properties.EventPattern)
  /** The alarms whose events the rule of prod matches, one for each matched change. */
  const mailedOf = (all: readonly Alarm[]) => {
    const drill = new AlarmDrill([...new Set(all.flatMap(({ declarations }) => declarations))])
    for (const { name } of all) for (const state of ['ALARM', 'OK'] as const) drill.set(name, state)
    const mailed = drill.events.filter((event) => matches(event as never)).map(({ detail }) => detail['alarmName'])
    drill.end()
    return mailed
  }
  const all = alarms.get('prod')!
  const parts = new Set(all.flatMap((alarm) => alarm.parts))
  expect(mailedOf(all).toSorted()).toEqual(
    all
      .map(({ name }) => name)
      .filter((name) => !parts.has(name))
      .toSorted(),
  )
  // Other stages may be in the same account.
  expect(mailedOf(alarms.get('dev')!)).toEqual([])
})
