import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import type { MetricSink } from '../cloudwatch/metric.ts'
import { ManualClock } from '../clock.ts'
import { allowAll, type AccessControl } from '../iam/types.ts'
import { State } from '../state/state.ts'
import { SqsService } from '../sqs/service.ts'
import { WireServer } from '../wire/server.ts'
import { EventsService } from './service.ts'

/** Buses and real queues behind an endpoint, with an SDK client; for the tests of this folder. */
export async function startEvents(
  options: {
    stateFile?: string
    access?: AccessControl
    invoke?: ConstructorParameters<typeof EventsService>[0]['invoke']
    metrics?: MetricSink
  } = {},
) {
  const state = new State(options.stateFile ?? ':memory:')
  const clock = new ManualClock()
  const access = options.access ?? allowAll
  const server = new WireServer({ access: allowAll, authenticate: () => ({ kind: 'administrator' }) })
  const sqs = new SqsService({ state, clock, access, endpoint: () => server.endpoint })
  const lost: string[] = []
  const invoked: unknown[][] = []
  const service = new EventsService({
    state,
    clock,
    access,
    send: (queueArn, message) => sqs.send(queueArn, message),
    invoke: options.invoke ?? ((...call) => void invoked.push(call)),
    report: (line) => void lost.push(line),
    metrics: options.metrics,
  })
  server.addJsonService(service.wire)
  const client = new EventBridgeClient({
    endpoint: await server.listen(0),
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
  const declare = async (type: string, logicalId: string, properties: object) => {
    const provider = service.providers.find((candidate) => candidate.type === type)!
    return await provider.create({
      stackName: 'bakery',
      logicalId,
      type,
      properties,
      generatedName: `bakery-${logicalId}`,
    })
  }
  const queue = (name: string) =>
    sqs.createQueue({
      name,
      visibilityTimeoutSeconds: 30,
      retentionSeconds: 1_209_600,
      delaySeconds: 0,
      receiveWaitSeconds: 0,
    }).arn
  const received = async (queueArn: string) => await sqs.receive(queueArn, { max: 10, waitMs: 0 })
  const stop = async () => {
    service.stop()
    sqs.stop()
    client.destroy()
    await server.close()
    state.close()
  }
  return { state, clock, sqs, service, client, declare, queue, received, lost, invoked, stop }
}

export const entry = (more: object = {}) => ({
  Source: 'bakery',
  DetailType: 'Baked',
  Detail: '{"kind":"rye"}',
  ...more,
})
