import { SNS, type PublishCommandInput } from '@aws-sdk/client-sns'
import { startSes } from '../ses/testing.ts'

let ses: Awaited<ReturnType<typeof startSes>>
beforeEach(async () => (ses = await startSes()))
afterEach(() => ses.stop())

const publish = (input: PublishCommandInput) => ses.endpoint.client(SNS).publish(input)
const stored = async () => ((await (await fetch(`${ses.mailboxUrl}/store`)).json()) as any).textMessages

test('a text message to a phone number is stored and shown in the mailbox', async () => {
  const { MessageId } = await publish({ PhoneNumber: '+353861234567', Message: 'Your <book> is here' })
  expect(await stored()).toEqual([
    {
      messageId: MessageId,
      phoneNumber: '+353861234567',
      message: 'Your <book> is here',
      at: Math.floor(ses.clock.now() / 1000),
      sentMs: ses.clock.now(),
    },
  ])
  expect(await (await fetch(ses.mailboxUrl)).text()).toMatch(/<b>\+353861234567<\/b>[^]*Your &lt;book&gt; is here/)
})

test.each([
  ['no number', { PhoneNumber: 'anna', Message: 'x' }],
  ['no text', { PhoneNumber: '+353861234567', Message: '' }],
  ['a text over 1,600 characters', { PhoneNumber: '+353861234567', Message: 'x'.repeat(1601) }],
  ['a subject', { PhoneNumber: '+353861234567', Message: 'x', Subject: 'y' }],
  ['a topic', { TopicArn: 'arn:aws:sns:us-east-1:000000000000:books', Message: 'x' }],
])('%s is an invalid parameter', async (_, input) => {
  await expect(publish(input)).rejects.toMatchObject({ name: 'InvalidParameterException' })
  expect(await stored()).toEqual([])
})
