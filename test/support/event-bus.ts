import type { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { startEventBus } from '@cartwheel/local/testing'

/** A bus on a free port, with one rule that matches every event. */
export interface TestEventBus {
  readonly client: EventBridgeClient
  /** The events since the last call, in order, as a rule's target receives them. At most 10. */
  received(): Promise<Record<string, any>[]>
  stop(): Promise<void>
}

export async function startTestEventBus(name: string): Promise<TestEventBus> {
  const events = await startEventBus()
  const queue = events.queue('everything')
  await events.declare('AWS::Events::EventBus', 'bus', { Name: name })
  await events.declare('AWS::Events::Rule', 'everything', {
    EventBusName: name,
    EventPattern: { source: [{ prefix: '' }] },
    Targets: [{ Id: 'queue', Arn: queue }],
  })
  return {
    client: events.client,
    received: async () => (await events.received(queue)).map(({ body }) => JSON.parse(body)),
    stop: events.stop,
  }
}
