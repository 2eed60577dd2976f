import { PutEventsCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge'
import type { EventBus } from '../ports.ts'

export const eventBridge = (client: Pick<EventBridgeClient, 'send'>, busName: string): EventBus => ({
  async publish(entries) {
    const { Entries = [] } = await client.send(
      new PutEventsCommand({
        Entries: entries.map((entry) => ({
          EventBusName: busName,
          Source: entry.source,
          DetailType: entry.detailType,
          Detail: entry.detail,
          Time: entry.time,
          TraceHeader: entry.traceHeader,
        })),
      }),
    )
    // A 200 says nothing about the single entry; one without an id of its own was not taken.
    return entries.map((_, index) => {
      const answer = Entries[index]
      return answer?.EventId ? undefined : `${answer?.ErrorCode ?? 'NoAnswer'}: ${answer?.ErrorMessage ?? 'unknown'}`
    })
  },
})
