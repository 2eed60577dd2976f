import { Iam } from '../iam/iam.ts'
import { declare } from '../wire/testing.ts'
import { entry, startEvents } from './testing.ts'

/** The queue policy that CDK generates to allow one rule to send. */
const sendPolicy = (queueArn: string, ruleArn: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
      Resource: queueArn,
      Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
    },
    {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 'sqs:*',
      Resource: queueArn,
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ],
})

test('only the rule that the queue policy names may send, and no rule without a policy', async () => {
  const events = await startEvents({ access: new Iam() })
  const oven = events.queue('oven')
  const rule = (logicalId: string, source: string) =>
    events.declare('AWS::Events::Rule', logicalId, {
      EventPattern: { source: [source] },
      Targets: [{ Id: 't', Arn: oven }],
    })
  const allowed = await rule('Allowed', 'bakery')
  await rule('Other', 'butcher')
  const put = () => events.client.putEvents({ Entries: [entry(), entry({ Source: 'butcher' })] })

  await put()
  expect(await events.received(oven)).toEqual([])
  expect(events.lost).toHaveLength(2)

  const PolicyDocument = sendPolicy(oven, allowed.attributes!['Arn'] as string)
  await declare(events.sqs.providers, 'AWS::SQS::QueuePolicy', 'P', {
    Queues: [events.sqs.urlOf('oven')],
    PolicyDocument,
  })
  await put()
  expect((await events.received(oven)).map((message) => JSON.parse(message.body).source)).toEqual(['bakery'])
  expect(events.lost).toHaveLength(3)
  expect(events.lost[2]).toContain('NO_PERMISSIONS')
  await events.stop()
})
