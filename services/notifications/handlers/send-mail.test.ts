import { profileKey } from '#services/users/keys.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { queueEvent } from '#test/support/queue-event.ts'
import { createTestTable, type TestTable } from '#test/support/table.ts'
import { contactTable } from '../adapters/contact-table.ts'
import { deliveryTable } from '../adapters/delivery-table.ts'
import { orderRejected, orderReserved, userRegistered } from '../events.fixture.ts'
import type { Mail, Mailer } from '../ports.ts'
import { sendMailHandler } from './send-mail.ts'
import { applicationName } from '#shared/application.ts'

const logs = capturedLogs()

let table: TestTable
let sent: Mail[]
let now: Date

beforeEach(async () => {
  table = await createTestTable()
  sent = []
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

const deliver = async (events: Parameters<typeof queueEvent>[0], mailer = acceptingMailer) => {
  const handler = sendMailHandler({
    deliveries: deliveryTable(table),
    contacts: contactTable(table),
    channels: { email: mailer },
    now: () => now,
  })
  const { batchItemFailures } = await handler(queueEvent(events))
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
}

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
