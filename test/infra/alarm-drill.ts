import {
  deploy,
  inDependencyOrder,
  type CreatedResource,
  type ResourceDeclaration,
  type ResourceProvider,
  type Stack,
} from '@cartwheel/local/templates'
import { ManualClock, parseAlarmRule, CloudWatchService, busEvent, type BusEvent, State } from '@cartwheel/local/alarms'
import type { Synthesis } from './synthesized.ts'

// The responses of DescribeAlarms and the contents of templates are any JSON.
type Json = any

/** A metric with its identity in an alarm, in the format of PutMetricData. */
export interface WatchedMetric {
  readonly Namespace: string
  readonly MetricName: string
  readonly Dimensions: { Name: string; Value: string }[]
}

/** The metrics of an alarm; of a composite alarm, the metrics of its child alarms. */
export interface Watched {
  readonly metrics: readonly WatchedMetric[]
  readonly thresholds: readonly number[]
  /** The shortest period. */
  readonly stepSeconds: number
  /** The longest evaluation window. */
  readonly spanSeconds: number
}

/** Consecutive steps. */
export interface Span {
  readonly spanSeconds: number
  readonly stepSeconds: number
  /** @default 0 */
  readonly endedSecondsAgo?: number
}

const administrator = { principal: { kind: 'administrator' }, requestId: 'drill' } as const

/** The alarms of a stage with the properties of deployed templates. */
export async function declaredAlarms(synthesis: Synthesis): Promise<ResourceDeclaration[]> {
  const declared: ResourceDeclaration[] = []
  const drill = new AlarmDrill([])
  const noting = drill.providers.map((provider): ResourceProvider => ({
    ...provider,
    create(declaration) {
      declared.push(declaration)
      return provider.create(declaration)
    },
  }))
  const { limitations } = await deploy(stacksOf(synthesis), [...noting, ...standIns(synthesis)])
  drill.end()
  const [alarmLimitation] = limitations.filter((line) => /^AWS::CloudWatch::\w*Alarm|not evaluated/.test(line))
  if (alarmLimitation !== undefined) throw new Error(alarmLimitation)
  return declared.filter(({ type }) => type.endsWith('Alarm'))
}

/** Alarms on an empty CloudWatch, with a clock that only the test advances. */
export class AlarmDrill {
  readonly providers: readonly ResourceProvider[]
  /** The events published to the default bus. */
  readonly events: BusEvent[] = []
  readonly #clock = new ManualClock()
  readonly #state = new State(':memory:')
  readonly #service: CloudWatchService

  constructor(alarms: readonly ResourceDeclaration[]) {
    this.#service = new CloudWatchService({
      state: this.#state,
      clock: this.#clock,
      publish: ({ time, resources = [], ...event }) =>
        this.events.push(busEvent({ id: 'drill', ...event, resources, timeMs: time!.getTime() })),
      report: () => {},
    })
    this.providers = this.#service.providers
    for (const alarm of alarms) void this.providers.find(({ type }) => type === alarm.type)!.create(alarm)
    this.#service.start()
  }

  /** The names of all alarms, including the child alarms of composite alarms. */
  names(): string[] {
    const { MetricAlarms, CompositeAlarms } = this.#describe()
    return [...MetricAlarms, ...CompositeAlarms].map(({ AlarmName }) => AlarmName)
  }

  /** The child alarms of a composite alarm; none for an alarm on metrics. */
  partsOf(name: string): string[] {
    const { AlarmRule } = this.#alarm(name)
    return AlarmRule === undefined ? [] : parseAlarmRule(AlarmRule).alarms
  }

  stateOf(name: string): string {
    return this.#alarm(name).StateValue
  }

  watchedBy(name: string): Watched {
    const parts = this.partsOf(name)
    if (parts.length > 0) return together(parts.map((part) => this.watchedBy(part)))
    const alarm = this.#alarm(name)
    const queries: Json[] = alarm.Metrics ?? [{ MetricStat: { Metric: alarm, Period: alarm.Period } }]
    const stats = queries.flatMap(({ MetricStat }) => MetricStat ?? [])
    const periods = stats.map(({ Period }) => Number(Period))
    return {
      metrics: stats.map(({ Metric: { Namespace, MetricName, Dimensions = [] } }) => ({
        Namespace,
        MetricName,
        Dimensions,
      })),
      thresholds: [alarm.Threshold],
      stepSeconds: Math.min(...periods),
      spanSeconds: Math.max(...periods) * alarm.EvaluationPeriods,
    }
  }

  /** Publishes a value of each metric at the end of every step of the span that ends now. */
  async put(metrics: readonly WatchedMetric[], values: readonly number[], span: Span): Promise<void> {
    const { spanSeconds, stepSeconds, endedSecondsAgo = 0 } = span
    const endSeconds = this.#clock.now() / 1000 - endedSecondsAgo
    const times = Array.from({ length: spanSeconds / stepSeconds }, (_, step) => endSeconds - 1 - step * stepSeconds)
    for (const [index, { Namespace, ...metric }] of metrics.entries()) {
      const MetricData = times.map((Timestamp) => ({ ...metric, Timestamp, Value: values[index]! }))
      await this.#call('PutMetricData', { Namespace, MetricData })
    }
  }

  /** Advances the clock, minute by minute. */
  async wait(seconds: number): Promise<void> {
    await this.#clock.advance(seconds * 1000)
  }

  set(name: string, StateValue: 'ALARM' | 'OK'): void {
    this.#call('SetAlarmState', { AlarmName: name, StateValue, StateReason: 'A drill' })
  }

  end(): void {
    this.#service.stop()
    this.#state.close()
  }

  #alarm(name: string): Json {
    const { MetricAlarms, CompositeAlarms } = this.#describe({ AlarmNames: [name] })
    return [...MetricAlarms, ...CompositeAlarms][0]
  }

  #describe(input: object = {}): { MetricAlarms: Json[]; CompositeAlarms: Json[] } {
    const AlarmTypes = ['MetricAlarm', 'CompositeAlarm']
    return this.#call('DescribeAlarms', { AlarmTypes, MaxRecords: 1000, ...input })
  }

  #call(operation: string, input: object): Json {
    return this.#service.wire.operations[operation]!.handle(input, administrator)
  }
}

function together(parts: readonly Watched[]): Watched {
  const metrics = parts.flatMap((part) => part.metrics)
  return {
    metrics: [...new Map(metrics.map((metric) => [JSON.stringify(metric), metric])).values()],
    thresholds: parts.flatMap(({ thresholds }) => thresholds),
    stepSeconds: Math.min(...parts.map(({ stepSeconds }) => stepSeconds)),
    spanSeconds: Math.max(...parts.map(({ spanSeconds }) => spanSeconds)),
  }
}

/** Sorted so that each stack follows the stacks whose exports it imports. */
function stacksOf({ templates }: Synthesis): Stack[] {
  const exporters = new Map<string, string>()
  for (const [stack, { Outputs = {} }] of templates) {
    for (const { Export } of Object.values<Json>(Outputs)) if (Export) exporters.set(Export.Name, stack)
  }
  const imports = (stack: string) =>
    [...JSON.stringify(templates.get(stack)).matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(([, name]) =>
      exporters.get(name!)!,
    )
  const order = inDependencyOrder([...templates.keys()], imports, 'stacks')
  return order.map((name) => ({ name, dependencies: [], template: templates.get(name) }))
}

/** Resources other than alarms have only a name and attributes: those that the alarms' dimensions refer to. */
function standIns({ resources }: Synthesis): ResourceProvider[] {
  const types = new Set(resources.map(({ type }) => type).filter((type) => !type.startsWith('AWS::CloudWatch::')))
  return [...types].map((type) => ({
    type,
    supported: [],
    create: ({ generatedName, properties }) =>
      standIn(
        type,
        type === 'AWS::Events::Rule' && properties['EventBusName'] ? `bus|${generatedName}` : generatedName,
      ),
  }))
}

function standIn(type: string, name: string): CreatedResource {
  const attribute = (_: object, key: string | symbol) => {
    const part = `${type} ${name} ${String(key)}`
    // Templates take the origin of a URL.
    if (String(key).endsWith('URL')) return `https://drill.example/${encodeURIComponent(part)}`
    return String(key).endsWith('Arn') ? `arn:aws:drill:us-east-1:000000000000:${part}` : part
  }
  return { ref: `${type} ${name}`, attributes: new Proxy<Record<string, unknown>>({}, { get: attribute }) }
}
