import { CloudWatch } from '@aws-sdk/client-cloudwatch'
import type { CreatedResource } from '../assembly/provider.ts'
import type { Publication } from '../events/event.ts'
import type { AccessControl, Principal } from '../iam/types.ts'
import { declare, TestEndpoint } from '../wire/testing.ts'
import type { AlarmChange } from './alarm-watch.ts'
import { metricKey, type Metric, type MetricSink } from './metric.ts'
import { CloudWatchService } from './service.ts'

/** Starts the service behind an HTTP endpoint, with an SDK client for it. */
export async function startCloudWatch(
  options: { stateFile?: string; access?: AccessControl; caller?: Principal } = {},
) {
  const { stateFile, access, caller = { kind: 'administrator' } } = options
  const endpoint = new TestEndpoint({ stateFile, access, authenticate: () => caller })
  const { state, clock, server } = endpoint
  const events: Publication[] = []
  const changes: AlarmChange[] = []
  const service = new CloudWatchService({
    state,
    clock,
    publish: (event) => events.push(event),
    report: (change) => changes.push(change),
  })
  server.addJsonService(service.wire)
  await endpoint.listen()
  const client = endpoint.client(CloudWatch)
  const create = (type: string, logicalId: string, properties: object) =>
    declare(service.providers, `AWS::CloudWatch::${type}`, logicalId, properties, 'mill') as CreatedResource
  /** Declares an alarm; by default, it changes to ALARM when the sum of `Stones` over a minute is at least 1. */
  const alarm = (logicalId: string, properties: Record<string, unknown> = {}) =>
    create('Alarm', logicalId, {
      Namespace: 'Mill',
      MetricName: 'Stones',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      ...properties,
    })
  /** Publishes values of `Stones`, at a time of its own or now. */
  const stones = (value: number, timeMs?: number) =>
    service.metrics.add({ namespace: 'Mill', name: 'Stones', dimensions: {} }, value, timeMs)
  const stateOf = async (alarmName: string): Promise<string | undefined> => {
    const { MetricAlarms = [], CompositeAlarms = [] } = await client.describeAlarms({
      AlarmNames: [alarmName],
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    })
    return [...MetricAlarms, ...CompositeAlarms][0]?.StateValue
  }
  const stop = async () => {
    service.stop()
    await endpoint.stop()
  }
  const helpers = { declare: create, alarm, stones, events, changes }
  return { clock, service, client, ...helpers, stateOf, stop }
}

/** For tests of services: records every value that they publish. */
export class RecordedMetrics implements MetricSink {
  readonly #values = new Map<string, number[]>()

  add(metric: Metric, value: number): void {
    const key = metricKey(metric)
    this.#values.set(key, [...(this.#values.get(key) ?? []), value])
  }

  /** In the order of publication. */
  values(namespace: string, name: string, dimensions: Record<string, string>): number[] {
    return this.#values.get(metricKey({ namespace, name, dimensions })) ?? []
  }
}
