import { templatesOf } from '#scripts/lib/templates.ts'
import { declaredBeyond } from './declared-statements.ts'
import { applicationId } from '#shared/application.ts'

// Outside of the tests, which have a timeout: it is slow on a busy machine.
const of = async (stage: string) => ({ prefix: `${applicationId}-${stage}`, templates: await templatesOf(stage) })
const [dev, staging, prod] = [await of('dev'), await of('staging'), await of('prod')]

test.each([
  ['staging', staging],
  ['prod', prod],
])('of %s only the statements for sending alarms by email are not proven', (_name, stage) => {
  expect(declaredBeyond(stage, dev)).toEqual([])
  expect(declaredBeyond(dev, stage).toSorted()).toEqual([
    expect.stringMatching(/^operations\/alarmsPolicy\w+ \(AWS::SNS::TopicPolicy\): Allow sns:Publish$/),
    expect.stringMatching(/^operations\/alarmsPolicy\w+ \(AWS::SNS::TopicPolicy\): Deny sns:Publish$/),
    expect.stringMatching(/^operations\/alarmsdlqPolicy\w+ \(AWS::SQS::QueuePolicy\): Allow sqs:SendMessage$/),
    expect.stringMatching(/^operations\/alarmsdlqPolicy\w+ \(AWS::SQS::QueuePolicy\): Deny sqs:\*$/),
  ])
})
