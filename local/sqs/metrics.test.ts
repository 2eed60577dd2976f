import { RecordedMetrics } from '../cloudwatch/testing.ts'
import { startSqs } from './testing.ts'

const metrics = new RecordedMetrics()
const of = (name: string, QueueName: string) => metrics.values('AWS/SQS', name, { QueueName })

test('SQS publishes how many messages are visible and the age of the oldest', async () => {
  const { client, clock, queue, service, stop } = await startSqs({ metrics })
  const { url: QueueUrl } = queue('loaves')
  queue('idle')
  await client.sendMessage({ QueueUrl, MessageBody: 'rye' })
  await clock.advance(5000)
  const Entries = ['a', 'b'].map((Id) => ({ Id, MessageBody: Id, DelaySeconds: Id === 'b' ? 900 : 0 }))
  await client.sendMessageBatch({ QueueUrl, Entries })
  await client.receiveMessage({ QueueUrl })
  service.measure(clock.now())
  expect(of('ApproximateNumberOfMessagesVisible', 'loaves')).toEqual([1])
  // A message in flight is still the oldest.
  expect(of('ApproximateAgeOfOldestMessage', 'loaves')).toEqual([5])
  expect(of('ApproximateNumberOfMessagesVisible', 'idle')).toEqual([])
  await stop()
})

test('an empty queue publishes its depth for six hours after the last activity', async () => {
  const { client, clock, queue, service, stop } = await startSqs({ metrics })
  const { url: QueueUrl } = queue('quiet', { MessageRetentionPeriod: 60 })
  await client.sendMessage({ QueueUrl, MessageBody: 'rye' })
  for (const minutes of [0, 300, 60, 1]) {
    await clock.advance(minutes * 60_000)
    service.measure(clock.now())
  }
  expect(of('ApproximateNumberOfMessagesVisible', 'quiet')).toEqual([1, 0, 0])
  await stop()
})

test("a message's age in a dead-letter queue counts from its arrival there", async () => {
  const { client, clock, queue, service, stop } = await startSqs({ metrics })
  const dead = queue('dead')
  const redrive = { deadLetterTargetArn: dead.arn, maxReceiveCount: 1 }
  const { url: QueueUrl } = queue('living', { RedrivePolicy: redrive })
  await client.sendMessage({ QueueUrl, MessageBody: 'rye' })
  await client.receiveMessage({ QueueUrl })
  await clock.advance(60_000)
  await client.receiveMessage({ QueueUrl })
  await clock.advance(7000)
  service.measure(clock.now())
  expect(of('ApproximateNumberOfMessagesVisible', 'dead')).toEqual([1])
  expect(of('ApproximateAgeOfOldestMessage', 'dead')).toEqual([7])
  await stop()
})
