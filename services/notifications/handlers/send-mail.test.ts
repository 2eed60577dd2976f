import { profileKey } from '#services/users/keys.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { noPauses } from '#test/support/backoff.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import { contactTable } from '../adapters/contact-table.ts'
import { deliveryTable } from '../adapters/delivery-table.ts'
import { suppressionTable } from '../adapters/suppression-table.ts'
import { orderRejected, orderReserved, orderShipped, stockLow, userRegistered } from '../events.fixture.ts'
import type { Mail, Mailer, TextMessage, TextMessenger } from '../ports.ts'
import { recordFeedbackHandler } from './record-feedback.ts'
import { sendMailHandler } from './send-mail.ts'
import { applicationName } from '#shared/application.ts'

const logs = capturedLogs()

let table: TestTable
let sent: Mail[]
let texts: TextMessage[]
let now: Date

beforeEach(async () => {
  table = await createTestTable()
  sent = []
  texts = []
  now = new Date('2026-05-01T10:00:00.000Z')
  await table.put(profile())
})

const profile = (fields: object = {}) => ({
  ...profileKey('u-1'),
  email: 'mira@example.com',
  name: 'Mira',
  notifications: { email: true, sms: false },
  ...fields,
})

const acceptingMailer: Mailer = {
  async send(mail) {
    sent.push(mail)
    return { status: 'sent' }
  },
}

const acceptingTexts: TextMessenger = {
  async send(message) {
    texts.push(message)
    return { status: 'sent' }
  },
}

const deliver = async (
  events: Parameters<typeof queueEvent>[0],
  mailer = acceptingMailer,
  { messenger = acceptingTexts, staffAddress }: { messenger?: TextMessenger; staffAddress?: string } = {},
) => {
  const handler = sendMailHandler({
    deliveries: deliveryTable(table),
    contacts: contactTable(table),
    suppressions: suppressionTable(table),
    mailer,
    texts: messenger,
    staffAddress,
    now: () => now,
    backoff: noPauses(3),
  })
  const { batchItemFailures } = await handler(queueEvent(events))
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
}

test.each([
  [2, [], 1],
  [3, ['m0'], 0],
])('an email that SES throttles %i times is tried three times at most', async (times, failed, count) => {
  let throttles = times
  const mailer: Mailer = {
    send(mail) {
      if (throttles-- > 0)
        return Promise.reject(Object.assign(new Error('Rate exceeded'), { name: 'TooManyRequestsException' }))
      return acceptingMailer.send(mail)
    },
  }
  expect(await deliver([orderShipped()], mailer)).toEqual(failed)
  expect(sent).toHaveLength(count)
})

test('the emails of a batch are sent one after the other', async () => {
  let atOnce = 0
  let most = 0
  const mailer: Mailer = {
    async send() {
      most = Math.max(most, (atOnce += 1))
      await new Promise(setImmediate)
      atOnce -= 1
      return { status: 'sent' }
    },
  }
  expect(await deliver([orderReserved(), orderRejected(), orderShipped(), userRegistered()], mailer)).toEqual([])
  expect(most).toBe(1)
})

const later = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000)
}
const deliveries = async () => (await table.items()).filter(({ SK }) => SK === 'NOTICE')

test.each([
  ['OrderReserved', orderReserved(), 'Your order is confirmed: ord_1'],
  ['OrderRejected', orderRejected(), 'We could not take your order: ord_1'],
  ['UserRegistered', userRegistered(), `Welcome to ${applicationName}`],
] as const)('%s sends an email to its customer', async (_, event, subject) => {
  expect(await deliver([event])).toEqual([])
  expect(sent).toHaveLength(1)
  expect(sent[0]).toMatchObject({ to: 'mira@example.com', subject, eventId: event.metadata.id })
  expect(sent[0]!.html).toContain('Hello Mira,')
  expect(sent[0]!.text).toContain('Hello Mira,')
  expect(await deliveries()).toMatchObject([{ status: 'sent' }])
})

test('a repeated event sends and counts no second email, in the same batch or much later', async () => {
  expect(await deliver([orderReserved(), orderReserved()])).toEqual([])
  later(86_400)
  expect(await deliver([orderReserved()])).toEqual([])
  expect(sent).toHaveLength(1)
  expect(logs.lines().flatMap((line) => line['MailsSent'] ?? [])).toEqual([1])
})

test('one of two concurrent deliveries sends, and the other stays in the queue', async () => {
  const started = Promise.withResolvers<void>()
  const accepted = Promise.withResolvers<void>()
  const slow: Mailer = {
    async send(mail) {
      started.resolve()
      await accepted.promise
      sent.push(mail)
      return { status: 'sent' }
    },
  }
  const first = deliver([orderReserved()], slow)
  await Promise.race([started.promise, first])
  expect(await deliver([orderReserved()])).toEqual(['m0'])
  accepted.resolve()
  expect(await first).toEqual([])
  expect(await deliver([orderReserved()])).toEqual([])
  expect(sent).toHaveLength(1)
})

test('an email that could not be sent is retried after its claim expired', async () => {
  const failing: Mailer = {
    async send() {
      throw new Error('Email address is not verified: mira@example.com')
    },
  }
  expect(await deliver([orderReserved(), userRegistered()], failing)).toEqual(['m0', 'm1'])
  later(5)
  expect(await deliver([orderReserved()])).toEqual(['m0'])
  later(30)
  expect(await deliver([orderReserved()])).toEqual([])
  expect(sent).toHaveLength(1)
})

test('an email that fails does not stop the others', async () => {
  const picky: Mailer = {
    async send(mail) {
      if (mail.subject.startsWith('Welcome')) throw new Error('no')
      sent.push(mail)
      return { status: 'sent' }
    },
  }
  expect(await deliver([userRegistered(), orderReserved()], picky)).toEqual(['m0'])
  expect(sent).toHaveLength(1)
})

test('a customer who deleted their account gets no email, and the message is handled', async () => {
  expect(await deliver([userRegistered('u-gone')])).toEqual([])
  expect(sent).toEqual([])
  expect(await deliveries()).toMatchObject([{ status: 'no-contact' }])
  expect(logs.lines().some((line) => line['outcome'] === 'no-contact')).toBe(true)
})

test('emails about orders can be declined, the welcome email is mandatory', async () => {
  await table.put(profile({ notifications: { email: false, sms: false } }))
  expect(await deliver([orderReserved(), orderRejected(), userRegistered()])).toEqual([])
  expect(sent.map(({ subject }) => subject)).toEqual([`Welcome to ${applicationName}`])
  expect((await deliveries()).map(({ status }) => status).toSorted()).toEqual(['declined', 'declined', 'sent'])
})

test('a simulated email is handled, and not counted as sent', async () => {
  const simulating: Mailer = { send: async () => ({ status: 'simulated' }) }
  expect(await deliver([orderReserved()], simulating)).toEqual([])
  expect(await deliveries()).toMatchObject([{ status: 'simulated' }])
  expect(logs.lines().some((line) => line['outcome'] === 'simulated')).toBe(true)
  expect(logs.lines().some((line) => 'MailsSent' in line)).toBe(false)
})

test('a refused email is handled once, with its reason on the notice, counted and not sent', async () => {
  let attempts = 0
  const refusing: Mailer = {
    async send() {
      attempts += 1
      return { status: 'refused', reason: 'bad-request' }
    },
  }
  expect(await deliver([orderReserved()], refusing)).toEqual([])
  later(86_400)
  expect(await deliver([orderReserved()], refusing)).toEqual([])
  expect(attempts).toBe(1)
  expect(await deliveries()).toMatchObject([{ status: 'refused', reason: 'bad-request' }])
  expect(logs.lines().flatMap((line) => line['MailsRefused'] ?? [])).toEqual([1])
  expect(logs.lines().find((line) => line['outcome'] === 'refused')).toMatchObject({ reason: 'bad-request' })
  expect(logs.lines().some((line) => 'MailsSent' in line)).toBe(false)
})

test('emails are counted, and the log has the correlation id and no personal data', async () => {
  const failing: Mailer = {
    async send() {
      throw new Error('Email address is not verified: mira@example.com')
    },
  }
  await deliver([orderReserved()])
  await deliver([userRegistered()], failing)
  expect(logs.lines().find((line) => 'MailsSent' in line)).toMatchObject({ MailsSent: 1 })
  expect(logs.lines().filter((line) => 'level' in line && line['correlation_id'] !== 'c-1')).toEqual([])
  expect(logs.text()).not.toMatch(/mira|Tent/i)
})

describe('given a customer who wants text messages', () => {
  const phone = '+353861234567'
  const textItems = async () => (await table.items()).filter(({ SK }) => SK === 'TEXT')
  beforeEach(() => table.put(profile({ phone, notifications: { email: false, sms: true } })))

  test('one is sent about a shipped order, once, and no email that they declined', async () => {
    expect(await deliver([orderShipped()])).toEqual([])
    expect(await deliver([orderShipped()])).toEqual([])
    expect(texts).toEqual([{ to: phone, text: expect.stringContaining('on its way with Sandbox') }])
    expect(sent).toEqual([])
    expect(await textItems()).toMatchObject([{ status: 'sent' }])
    expect(logs.text()).not.toContain(phone)
  })

  test('none is sent about events without one, about events of the day before, or without a number', async () => {
    expect(await deliver([orderReserved(), orderRejected()])).toEqual([])
    later(86_400)
    expect(await deliver([orderShipped()])).toEqual([])
    now = new Date('2026-05-01T10:00:00.000Z')
    await table.put(profile({ notifications: { email: true, sms: true } }))
    expect(await deliver([orderShipped()])).toEqual([])
    expect(texts).toEqual([])
    expect(await textItems()).toEqual([])
  })

  test('one that fails is sent later, without a second email', async () => {
    await table.put(profile({ phone, notifications: { email: true, sms: true } }))
    const failing: TextMessenger = { send: () => Promise.reject(new Error('Throttled')) }
    expect(await deliver([orderShipped()], acceptingMailer, { messenger: failing })).toEqual(['m0'])
    later(20)
    expect(await deliver([orderShipped()])).toEqual([])
    expect([sent.length, texts.length]).toEqual([1, 1])
  })

  test('one that is permanently refused is not retried', async () => {
    const refusing: TextMessenger = { send: async () => ({ status: 'refused', reason: 'bad-request' }) }
    expect(await deliver([orderShipped()], acceptingMailer, { messenger: refusing })).toEqual([])
    expect(await deliver([orderShipped()])).toEqual([])
    expect(texts).toEqual([])
  })
})

describe('mail for staff', () => {
  test('is sent to the address of staff', async () => {
    expect(await deliver([stockLow()], acceptingMailer, { staffAddress: 'stock@example.com' })).toEqual([])
    expect(sent).toMatchObject([{ to: 'stock@example.com', subject: 'Low stock: MUG-1' }])
  })

  test('is not sent without such an address', async () => {
    expect(await deliver([stockLow()])).toEqual([])
    expect(await deliveries()).toMatchObject([{ status: 'no-contact' }])
  })
})

describe('feedback of SES', () => {
  const feedback = (body: unknown) =>
    recordFeedbackHandler({ suppressions: suppressionTable(table), now: () => now })({
      Records: [{ messageId: 'f0', body: JSON.stringify(body) }],
    } as never)
  const bounced = (bounceType: string) => ({
    'detail-type': 'Email Bounced',
    detail: { bounce: { bounceType, bouncedRecipients: [{ emailAddress: 'Mira@example.com', status: '5.1.1' }] } },
  })
  const complained = {
    'detail-type': 'Email Complaint Received',
    detail: { complaint: { complainedRecipients: [{ emailAddress: 'mira@example.com' }] } },
  }

  test.each([
    ['a bounce', bounced('Permanent')],
    ['a complaint', complained],
  ])('%s stops mail to that address, in any case of its letters', async (_, body) => {
    expect(await feedback(body)).toEqual({ batchItemFailures: [] })
    expect(await deliver([orderReserved(), userRegistered()])).toEqual([])
    expect(sent).toEqual([])
    expect((await deliveries()).map(({ status }) => status)).toEqual(['suppressed', 'suppressed'])
    expect(JSON.stringify((await table.items()).filter(({ SK }) => SK === 'SUPPRESSED'))).not.toMatch(/mira/i)
    expect(logs.text()).not.toMatch(/mira/i)
  })

  test('a bounce that can pass stops nothing', async () => {
    expect(await feedback(bounced('Transient'))).toEqual({ batchItemFailures: [] })
    expect(await deliver([orderReserved()])).toEqual([])
    expect(sent).toHaveLength(1)
  })

  test('another event fails, and ends in the dead-letter queue', async () => {
    expect(await feedback({ 'detail-type': 'Email Sent', detail: {} })).toEqual({
      batchItemFailures: [{ itemIdentifier: 'f0' }],
    })
  })
})
