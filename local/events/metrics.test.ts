import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { RecordedMetrics } from '../cloudwatch/recorded-metrics.ts'
import { AwsError } from '../wire/aws-error.ts'
import { entry, startEvents } from './testing.ts'

const oven = 'arn:aws:sqs:us-east-1:000000000000:oven'

test('rules count matched events and their deliveries, by the dimensions that AWS has for their bus', async () => {
  const metrics = new RecordedMetrics()
  const invoke = () => {
    throw new AwsError('ResourceNotFoundException', 'There is no such function.')
  }
  const events = await startEvents({ metrics, invoke })
  const Arn = events.queue('dead')
  events.queue('oven')
  const slicer = 'arn:aws:lambda:us-east-1:000000000000:function:slice'
  await events.declare('AWS::Events::EventBus', 'Bus', { Name: 'shop' })
  await events.declare('AWS::Events::Rule', 'R', {
    EventBusName: 'shop',
    Name: 'bake',
    EventPattern: { source: ['bakery'] },
    Targets: [
      { Id: 'oven', Arn: oven },
      { Id: 'slicer', Arn: slicer, DeadLetterConfig: { Arn } },
    ],
  })
  await events.declare('AWS::Events::Rule', 'D', {
    Name: 'weigh',
    EventPattern: { source: ['mill'] },
    Targets: [{ Id: 'oven', Arn: oven }],
  })
  await events.client.send(
    new PutEventsCommand({
      Entries: [
        entry({ EventBusName: 'shop' }),
        entry({ EventBusName: 'shop', Source: 'mill' }),
        entry({ Source: 'mill' }),
      ],
    }),
  )
  const of = (name: string) => metrics.sum('AWS/Events', name, { EventBusName: 'shop', RuleName: 'bake' })
  expect(of('MatchedEvents')).toBe(1)
  expect(of('TriggeredRules')).toBe(1)
  expect(of('Invocations')).toBe(2)
  expect(of('FailedInvocations')).toBe(1)
  expect(of('InvocationsSentToDlq')).toBe(1)
  expect(metrics.sum('AWS/Events', 'MatchedEvents', { RuleName: 'weigh' })).toBe(1)
  expect(metrics.sum('AWS/Events', 'MatchedEvents', { RuleName: 'bake' })).toBe(0)
  expect(metrics.sum('AWS/Events', 'MatchedEvents', { EventBusName: 'default', RuleName: 'weigh' })).toBe(0)
  await events.stop()
})
