import { SQS } from '@aws-sdk/client-sqs'
import type { MetricSink } from '../cloudwatch/metric.ts'
import { ManualClock, type Clock } from '../clock.ts'
import { allowAll, type AccessControl } from '../iam/types.ts'
import { declare, TestEndpoint } from '../wire/testing.ts'
import { SqsService } from './service.ts'

interface Options {
  readonly stateFile?: string
  readonly access?: AccessControl
  readonly metrics?: MetricSink
}

/** Starts the service behind an HTTP endpoint, with a client of the AWS SDK. */
export const startSqs = (options: Options = {}) => startSqsAt(new ManualClock(), options)

/** Like {@link startSqs}, with another clock. */
export async function startSqsAt<C extends Clock>(clock: C, { stateFile, access = allowAll, metrics }: Options = {}) {
  const endpoint = new TestEndpoint({ stateFile })
  const { state } = endpoint
  const service = new SqsService({ state, clock, access, endpoint: endpoint.url, metrics })
  endpoint.server.addJsonService(service.wire)
  await endpoint.listen()
  const stop = async () => {
    service.stop()
    await endpoint.stop()
  }
  const queue = (name: string, settings?: object) => createQueue(service, name, settings)
  return { state, clock, service, queue, client: endpoint.client(SQS), endpoint: endpoint.url(), stop }
}

/**
 * Creates a queue as a template does.
 * @param settings properties of AWS::SQS::Queue
 */
export function createQueue({ providers }: SqsService, name: string, settings: object = {}) {
  const { attributes } = declare(providers, 'AWS::SQS::Queue', name, { QueueName: name, ...settings }) as any
  return { arn: attributes.Arn as string, url: attributes.QueueUrl as string }
}
