import { RecordedAccess } from '../iam/testing.ts'
import { newStateFile } from '../test/folders.ts'
import { simple, startSes } from './testing.ts'

let ses: Awaited<ReturnType<typeof startSes>>
afterEach(() => ses.stop())

const send = (changes: object = {}) => ses.sdk.sendEmail(simple(changes))
const content = (changes: object) => ({ Content: { Simple: { ...simple().Content.Simple, ...changes } } })

test('SendEmail stores the email as sent', async () => {
  ses = await startSes()
  const { MessageId } = await send({
    ReplyToAddresses: ['answers@library.example'],
    Destination: {
      ToAddresses: ['anna@reader.example'],
      CcAddresses: ['Bob <bob@reader.example>'],
      BccAddresses: ['c@reader.example'],
    },
    EmailTags: [{ Name: 'kind', Value: 'arrival' }],
  })
  expect(MessageId).toBeTruthy()
  expect(await ses.emails()).toEqual([
    {
      messageId: MessageId,
      from: 'Library <desk@library.example>',
      replyTo: ['answers@library.example'],
      destination: { to: ['anna@reader.example'], cc: ['Bob <bob@reader.example>'], bcc: ['c@reader.example'] },
      subject: 'Émile is here',
      body: { html: '<p>Come by.</p>', text: 'Come by.' },
      tags: { kind: 'arrival' },
      attachments: [],
      at: ses.clock.now() / 1000,
    },
  ])
})

test('non-ASCII characters are lost without a charset, as in 7-bit emails', async () => {
  ses = await startSes()
  await send(content({ Subject: { Data: 'Émile 😀' } }))
  expect((await ses.emails())[0].subject).toBe('?mile ?')
})

test.each([
  ['desk@mail.library.example', true],
  ['desk@LIBRARY.example', true],
  ['desk@notlibrary.example', false],
  ['library.example@evil.example', false],
])('the identity of the domain allows the sender %s: %s', async (FromEmailAddress, allowed) => {
  ses = await startSes()
  const sent = send({ FromEmailAddress })
  if (allowed) await sent
  else {
    await expect(sent).rejects.toMatchObject({
      name: 'MessageRejected',
      message: `Email address is not verified. The following identities failed the check in region US-EAST-1: ${FromEmailAddress}`,
    })
  }
  expect(await ses.emails()).toHaveLength(allowed ? 1 : 0)
})

test.each([
  ['no @', { Destination: { ToAddresses: ['anna'] } }, 'BadRequestException'],
  ['an address with a space', { Destination: { CcAddresses: ['an na@reader.example'] } }, 'BadRequestException'],
  [
    'an address with a line break',
    { Destination: { ToAddresses: ['a@reader.example\r\nBcc: b@reader.example'] } },
    'BadRequestException',
  ],
  ['an address with an invalid domain', { Destination: { ToAddresses: ['a@-x..y'] } }, 'BadRequestException'],
  ['a malformed reply address', { ReplyToAddresses: ['malformed'] }, 'BadRequestException'],
  ['no recipient', { Destination: {} }, 'BadRequestException'],
  [
    '51 recipients',
    { Destination: { ToAddresses: Array.from({ length: 51 }, (_, at) => `r${at}@reader.example`) } },
    'BadRequestException',
  ],
  ['no sender', { FromEmailAddress: undefined }, 'BadRequestException'],
  ['no body', content({ Body: {} }), 'BadRequestException'],
  ['no subject', content({ Subject: undefined }), 'BadRequestException'],
  ['an unknown charset', content({ Subject: { Data: 'x', Charset: 'EBCDIC' } }), 'BadRequestException'],
  ['a malformed tag', { EmailTags: [{ Name: 'kind', Value: 'two words' }] }, 'BadRequestException'],
  ['a tag with a period', { EmailTags: [{ Name: 'kind', Value: 'arrival.1' }] }, 'BadRequestException'],
  ['a template', { Content: { Template: { TemplateName: 't' } } }, 'BadRequestException'],
  ['an attachment', content({ Attachments: [{ FileName: 'a', RawContent: Buffer.from('a') }] }), 'ValidationError'],
  ['list management', { ListManagementOptions: { ContactListName: 'readers' } }, 'ValidationError'],
  ['an unknown configuration set', { ConfigurationSetName: 'none' }, 'NotFoundException'],
])('SendEmail rejects %s', async (_, changes, name) => {
  ses = await startSes()
  await expect(send(changes)).rejects.toMatchObject({ name })
  expect(await ses.emails()).toEqual([])
})

test('SendEmail is authorized for the identity and the configuration set', async () => {
  const access = new RecordedAccess()
  ses = await startSes({ access })
  const set = await ses.declare('ConfigurationSet', {})
  await send({ ConfigurationSetName: set.ref })
  const context = {
    'ses:fromaddress': ['desk@library.example'],
    'ses:fromdisplayname': ['Library'],
    'ses:recipients': ['anna@reader.example'],
  }
  expect(access.requests).toEqual([
    { action: 'ses:SendEmail', resource: 'arn:aws:ses:us-east-1:000000000000:identity/library.example', context },
    { action: 'ses:SendEmail', resource: `arn:aws:ses:us-east-1:000000000000:configuration-set/${set.ref}`, context },
  ])
})

test('SendEmail is authorized before the sender is verified', async () => {
  ses = await startSes({ access: new RecordedAccess(() => true) })
  await expect(send({ FromEmailAddress: 'a@evil.example' })).rejects.toMatchObject({ name: 'AccessDeniedException' })
  expect(await ses.emails()).toEqual([])
})

test('emails survive a restart', async () => {
  const stateFile = newStateFile()
  ses = await startSes({ stateFile })
  await send()
  await ses.stop()
  ses = await startSes({ stateFile })
  expect(await ses.emails()).toHaveLength(1)
})

describe('given a configuration set that sends bounces to the default bus', () => {
  const set = { ConfigurationSetName: 'Library-ConfigurationSet' }
  const start = async () => {
    ses = await startSes()
    await ses.declare('ConfigurationSet', {})
    const EventBridgeDestination = { EventBusArn: 'arn:aws:events:us-east-1:000000000000:event-bus/default' }
    const EventDestination = { Name: 'bus', Enabled: true, MatchingEventTypes: ['BOUNCE'], EventBridgeDestination }
    await ses.declare('ConfigurationSetEventDestination', { ...set, EventDestination })
  }

  test('an email to the simulator that bounces is an event with the address and the tags of the email', async () => {
    await start()
    const to = 'bounce+anna@simulator.amazonses.com'
    const { MessageId } = await send({
      ...set,
      Destination: { ToAddresses: [to] },
      EmailTags: [{ Name: 'kind', Value: 'arrival' }],
    })
    expect(ses.published).toMatchObject([
      {
        detailType: 'Email Bounced',
        detail: {
          eventType: 'Bounce',
          bounce: { bounceType: 'Permanent', bouncedRecipients: [{ emailAddress: to }] },
          mail: { messageId: MessageId, tags: { kind: ['arrival'] } },
        },
      },
    ])
  })

  test('a destination other than EventBridge does not start', async () => {
    await start()
    const SnsDestination = { TopicARN: 'arn:aws:sns:us-east-1:000000000000:bounces' }
    const EventDestination = { Name: 'topic', Enabled: true, MatchingEventTypes: ['BOUNCE'], SnsDestination }
    await expect(ses.declare('ConfigurationSetEventDestination', { ...set, EventDestination })).rejects.toThrow(
      'only EventBridge is emulated as a destination',
    )
  })

  test('other recipients, other kinds of events and emails without the set publish nothing', async () => {
    await start()
    await send({ ...set })
    await send({ ...set, Destination: { ToAddresses: ['complaint@simulator.amazonses.com'] } })
    await send({ Destination: { ToAddresses: ['bounce@simulator.amazonses.com'] } })
    expect(await ses.emails()).toHaveLength(3)
    expect(ses.published).toEqual([])
  })
})
