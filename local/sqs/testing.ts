import { SQSClient } from '@aws-sdk/client-sqs'
import type { MetricSink } from '../cloudwatch/metric.ts'
import { ManualClock, type Clock } from '../clock.ts'
import { allowAll, type AccessControl } from '../iam/types.ts'
import { State } from '../state/state.ts'
import { WireServer } from '../wire/server.ts'
import { SqsService } from './service.ts'

interface Options {
  readonly stateFile?: string
  readonly access?: AccessControl
  readonly metrics?: MetricSink
}

/** Starts the service behind an HTTP endpoint, with a client of the AWS SDK. */
export const startSqs = (options: Options = {}) => startSqsAt(new ManualClock(), options)

/** Like {@link startSqs}, with another clock. */
export async function startSqsAt<C extends Clock>(clock: C, options: Options = {}) {
  const state = new State(options.stateFile ?? ':memory:')
  const server = new WireServer({ access: allowAll, authenticate: () => ({ kind: 'administrator' }) })
  const access = options.access ?? allowAll
  const service = new SqsService({ state, clock, access, endpoint: () => server.endpoint, metrics: options.metrics })
  server.addJsonService(service.wire)
  const endpoint = await server.listen(0)
  const client = new SQSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
  const stop = async () => {
    service.stop()
    client.destroy()
    await server.close()
    state.close()
  }
  return { state, clock, service, client, endpoint, stop }
}

export const queueSettings = {
  visibilityTimeoutSeconds: 30,
  retentionSeconds: 345_600,
  delaySeconds: 0,
  receiveWaitSeconds: 0,
}
