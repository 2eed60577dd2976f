import type { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { startEvents } from '@cartwheel/local/events/testing.ts'

/** A bus on a port of its own, with one rule that takes everything. */
export interface TestEventBus {
  readonly client: EventBridgeClient
  /** The events that came since the last call, in order, as a rule's target gets them. At most 10. */
  received(): Promise<Record<string, any>[]>
  stop(): Promise<void>
}

export async function startTestEventBus(name: string): Promise<TestEventBus> {
  const events = await startEvents()
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
