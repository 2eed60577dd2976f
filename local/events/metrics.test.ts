import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { RecordedMetrics } from '../cloudwatch/recorded-metrics.ts'
import { AwsError } from '../wire/aws-error.ts'
import { entry, startEvents } from './testing.ts'

const oven = 'arn:aws:sqs:us-east-1:000000000000:oven'

test('rules count matched events and their deliveries, by rule and by bus and rule', async () => {
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
  await events.client.send(
    new PutEventsCommand({
      Entries: [entry({ EventBusName: 'shop' }), entry({ EventBusName: 'shop', Source: 'mill' })],
    }),
  )
  const of = (name: string) => [
    metrics.sum('AWS/Events', name, { RuleName: 'bake' }),
    metrics.sum('AWS/Events', name, { EventBusName: 'shop', RuleName: 'bake' }),
  ]
  expect(of('MatchedEvents')).toEqual([1, 1])
  expect(of('TriggeredRules')).toEqual([1, 1])
  expect(of('Invocations')).toEqual([2, 2])
  expect(of('FailedInvocations')).toEqual([1, 1])
  expect(of('InvocationsSentToDlq')).toEqual([1, 1])
  await events.stop()
})
