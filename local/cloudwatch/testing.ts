import { CloudWatchClient, DescribeAlarmsCommand, type CloudWatchClientConfig } from '@aws-sdk/client-cloudwatch'
import type { CreatedResource } from '../assembly/provider.ts'
import { ManualClock } from '../clock.ts'
import type { Publication } from '../events/event.ts'
import { allowAll, type AccessControl, type Principal } from '../iam/types.ts'
import { State } from '../state/state.ts'
import { WireServer } from '../wire/server.ts'
import type { AlarmChange } from './alarm-watch.ts'
import { CloudWatchService } from './service.ts'

/** Starts the service behind an HTTP endpoint, with an SDK client for it. */
export async function startCloudWatch(
  options: { stateFile?: string; access?: AccessControl; caller?: Principal } = {},
) {
  const state = new State(options.stateFile ?? ':memory:')
  const clock = new ManualClock()
  const events: Publication[] = []
  const changes: AlarmChange[] = []
  const service = new CloudWatchService({
    state,
    clock,
    publish: (event) => events.push(event),
    report: (change) => changes.push(change),
  })
  const caller = options.caller ?? { kind: 'administrator' }
  const server = new WireServer({ access: options.access ?? allowAll, authenticate: () => caller })
  server.addJsonService(service.wire)
  const configuration: CloudWatchClientConfig = {
    endpoint: await server.listen(0),
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  }
  const client = new CloudWatchClient(configuration)
  const declare = (type: string, logicalId: string, properties: Record<string, unknown>): CreatedResource => {
    const provider = service.providers.find((candidate) => candidate.type === `AWS::CloudWatch::${type}`)!
    const declaration = { stackName: 'mill', logicalId, type, properties, generatedName: `mill-${logicalId}` }
    return provider.create(declaration) as CreatedResource
  }
  /** Declares an alarm; by default, it changes to ALARM when the sum of `Stones` over a minute is at least 1. */
  const alarm = (logicalId: string, properties: Record<string, unknown> = {}) =>
    declare('Alarm', logicalId, {
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
    const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
      new DescribeAlarmsCommand({ AlarmNames: [alarmName], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
    )
    return [...MetricAlarms, ...CompositeAlarms][0]?.StateValue
  }
  const stop = async () => {
    service.stop()
    client.destroy()
    await server.close()
    state.close()
  }
  const helpers = { declare, alarm, stones, events, changes }
  return { clock, service, configuration, client, ...helpers, stateOf, stop }
}
