import { paginateDescribeAlarms, type CloudWatchClient, type StateValue } from '@aws-sdk/client-cloudwatch'
import { GetQueueAttributesCommand, paginateListQueues, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs'
import type { AlarmStatus, Operations, QueueDepth } from '../ports.ts'

/** @param prefix with which the names of the stage's queues and alarms begin */
export const stageOperations = (sqs: SQSClient, cloudWatch: CloudWatchClient, prefix: string): Operations => ({
  async queues() {
    const urls: string[] = []
    // Without MaxResults SQS returns no token for the next page.
    const pages = paginateListQueues({ client: sqs, pageSize: 1000 }, { QueueNamePrefix: prefix })
    for await (const { QueueUrls = [] } of pages) urls.push(...QueueUrls)
    const depths = await Promise.all(urls.map((url) => depthOf(sqs, url)))
    return depths.filter((depth) => depth !== undefined).toSorted(byName)
  },

  async alarms() {
    const alarms: AlarmStatus[] = []
    const pages = paginateDescribeAlarms(
      { client: cloudWatch },
      { AlarmNamePrefix: prefix, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] },
    )
    for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages) {
      alarms.push(...[...MetricAlarms, ...CompositeAlarms].map(statusOf))
    }
    return alarms.toSorted((a, b) => rank[a.state] - rank[b.state] || byName(a, b))
  },
})

/** Raised alarms first. */
const rank = { ALARM: 0, INSUFFICIENT_DATA: 1, OK: 2 } as const satisfies Record<StateValue, number>

const byName = (a: { readonly name: string }, b: { readonly name: string }) =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0

const counted = {
  waiting: 'ApproximateNumberOfMessages',
  inFlight: 'ApproximateNumberOfMessagesNotVisible',
  delayed: 'ApproximateNumberOfMessagesDelayed',
} as const

/** @returns undefined for a queue that was deleted since it was listed */
async function depthOf(sqs: SQSClient, QueueUrl: string): Promise<QueueDepth | undefined> {
  try {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: Object.values(counted) }),
    )
    const name = QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1)
    const countOf = (attribute: keyof typeof counted) => Number(Attributes[counted[attribute]])
    return {
      name,
      isDeadLetterQueue: name.endsWith('-dlq'),
      waiting: countOf('waiting'),
      inFlight: countOf('inFlight'),
      delayed: countOf('delayed'),
    }
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined
    throw error
  }
}

const statusOf = (alarm: {
  readonly AlarmName?: string | undefined
  readonly AlarmDescription?: string | undefined
  readonly StateValue?: StateValue | undefined
  readonly StateTransitionedTimestamp?: Date | undefined
  readonly StateUpdatedTimestamp?: Date | undefined
}): AlarmStatus => ({
  name: alarm.AlarmName!,
  state: alarm.StateValue!,
  description: alarm.AlarmDescription ?? '',
  // The other one also changes with each evaluation.
  since: (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)!.toISOString(),
})
