import { EventBridge } from '@aws-sdk/client-eventbridge'
import type { MetricSink } from '../cloudwatch/metric.ts'
import { allowAll, type AccessControl } from '../iam/types.ts'
import { SqsService } from '../sqs/service.ts'
import { createQueue } from '../sqs/testing.ts'
import { declare, TestEndpoint } from '../wire/testing.ts'
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
  const { access = allowAll } = options
  const endpoint = new TestEndpoint({ stateFile: options.stateFile })
  const { state, clock, server } = endpoint
  const sqs = new SqsService({ state, clock, access, endpoint: endpoint.url })
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
  await endpoint.listen()
  const client = endpoint.client(EventBridge)
  const create = async (type: string, logicalId: string, properties: object) =>
    declare(service.providers, type, logicalId, properties, 'bakery')
  const queue = (name: string) => createQueue(sqs, name, { MessageRetentionPeriod: 1_209_600 }).arn
  const received = async (queueArn: string) => await sqs.receive(queueArn, { max: 10, waitMs: 0 })
  const pending = () => state.all('SELECT id FROM events_delivery').length
  const stop = async () => {
    service.stop()
    sqs.stop()
    await endpoint.stop()
  }
  return { state, clock, sqs, service, client, declare: create, queue, received, pending, lost, invoked, stop }
}

export const entry = (more: object = {}) => ({
  Source: 'bakery',
  DetailType: 'Baked',
  Detail: '{"kind":"rye"}',
  ...more,
})
