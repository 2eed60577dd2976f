import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { SQSClient } from '@aws-sdk/client-sqs'
import { Refusal, startFakeAws, type Responses, type FakeAws } from '#test/support/fake-aws.ts'
import { stageOperations } from './stage-operations.ts'

let aws: FakeAws | undefined
afterEach(() => aws?.stop())

async function operations(responses: Responses) {
  aws = await startFakeAws(responses)
  const configuration = {
    endpoint: aws.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'fake', secretAccessKey: 'fake' },
    maxAttempts: 1,
  }
  return stageOperations(new SQSClient(configuration), new CloudWatchClient(configuration), 'shop-dev-')
}

const queueUrl = (name: string) => `${aws!.endpoint}/000000000000/${name}`

test('queues are read from all pages, with their depths, and without one that was deleted meanwhile', async () => {
  const { queues } = await operations({
    ListQueues: ({ NextToken, QueueNamePrefix, MaxResults }: any) => {
      expect([QueueNamePrefix, MaxResults]).toEqual(['shop-dev-', 1000])
      return NextToken
        ? { QueueUrls: [queueUrl('shop-dev-a'), queueUrl('shop-dev-deleted')] }
        : { QueueUrls: [queueUrl('shop-dev-b-dlq')], NextToken: 'second' }
    },
    GetQueueAttributes: ({ QueueUrl }: any) => {
      if (QueueUrl.endsWith('deleted')) return new Refusal('QueueDoesNotExist', 'It does not exist.', 400)
      return {
        Attributes: {
          ApproximateNumberOfMessages: '3',
          ApproximateNumberOfMessagesNotVisible: '2',
          ApproximateNumberOfMessagesDelayed: '1',
        },
      }
    },
  })
  const depth = { waiting: 3, inFlight: 2, delayed: 1 }
  expect(await queues()).toEqual([
    { name: 'shop-dev-a', isDeadLetterQueue: false, ...depth },
    { name: 'shop-dev-b-dlq', isDeadLetterQueue: true, ...depth },
  ])
})

test('alarms of both types are read from all pages, those that are raised first', async () => {
  const seconds = Date.UTC(2026, 10, 20) / 1000
  const alarm = (AlarmName: string, StateValue: string) => ({
    AlarmName,
    StateValue,
    AlarmDescription: `${AlarmName} is wrong.`,
    StateUpdatedTimestamp: seconds + 60,
    StateTransitionedTimestamp: seconds,
  })
  const { alarms } = await operations({
    DescribeAlarms: ({ NextToken, AlarmNamePrefix, AlarmTypes }: any) => {
      expect([AlarmNamePrefix, AlarmTypes]).toEqual(['shop-dev-', ['MetricAlarm', 'CompositeAlarm']])
      return NextToken
        ? { MetricAlarms: [alarm('b', 'ALARM'), alarm('c', 'INSUFFICIENT_DATA')] }
        : { MetricAlarms: [alarm('a', 'OK')], CompositeAlarms: [alarm('d', 'ALARM')], NextToken: 'second' }
    },
  })
  const since = '2026-11-20T00:00:00.000Z'
  expect(await alarms()).toEqual([
    { name: 'b', state: 'ALARM', description: 'b is wrong.', since },
    { name: 'd', state: 'ALARM', description: 'd is wrong.', since },
    { name: 'c', state: 'INSUFFICIENT_DATA', description: 'c is wrong.', since },
    { name: 'a', state: 'OK', description: 'a is wrong.', since },
  ])
})
