import { MessageRejected } from '@aws-sdk/client-sesv2'
import { startTestMailbox, type TestMailbox } from '#test/support/mailbox.ts'
import type { Mail, Mailer } from '../ports.ts'
import { mailerContract } from '../ports.contract.ts'
import { orderRejected } from '../events.fixture.ts'
import { orderRejectedMail } from '../templates/order-mails.ts'
import { sandboxMailer, sesMailer, simulatorAddress } from './ses-mailer.ts'
import { applicationName } from '#shared/application.ts'

const from = `${applicationName} <shop@example.com>`

let mailbox: TestMailbox
beforeEach(async () => {
  mailbox = await startTestMailbox('example.com')
})
afterEach(() => mailbox.stop())

const event = orderRejected()
const mail: Mail = {
  to: 'mira@mail.example.org',
  eventId: event.metadata.id,
  ...orderRejectedMail(event.data, 'Mira Nováková'),
}

const send = (fields: Partial<Mail> = {}, sender = from) =>
  sesMailer(mailbox.client, sender).send({ ...mail, ...fields })

describe('SES', () => {
  mailerContract(async () => ({
    mailer: sesMailer(mailbox.client, from),
    received: async () =>
      (await mailbox.mails()).map(({ destination, subject, body: { html, text } }) => ({
        to: destination.to.join(),
        subject,
        html,
        text,
      })),
  }))
})

test('an email has the sender, one recipient and a tag with its event', async () => {
  await send()
  expect(await mailbox.mails()).toMatchObject([
    {
      from,
      destination: { to: ['mira@mail.example.org'], cc: [], bcc: [] },
      subject: mail.subject,
      body: { html: mail.html, text: mail.text },
      tags: { 'event-id': 'OrderRejected.ord_1.2' },
    },
  ])
})

test('a long event id becomes a valid tag', async () => {
  await send({ eventId: `A/${'ø'.repeat(300)}/1` })
  const [{ tags }] = (await mailbox.mails()) as [Record<string, any>]
  expect(tags['event-id']).toMatch(/^[\w.@-]{1,256}$/)
})

test('an unverified sender is an error, and nothing is sent', async () => {
  await expect(send({}, 'stranger@elsewhere.example')).rejects.toThrow('not verified')
  expect(await mailbox.mails()).toEqual([])
})

describe('in the SES sandbox', () => {
  const recipients: string[] = []
  beforeEach(() => recipients.splice(0))

  /** SES in a new account: accepts email to these addresses only. */
  const sandbox = (...verified: string[]): Mailer => ({
    async send({ to }) {
      recipients.push(to)
      if (verified.includes(to)) return 'sent'
      throw new MessageRejected({ $metadata: {}, message: `Email address is not verified: ${to}` })
    },
  })

  test('a verified address receives the email', async () => {
    expect(await sandboxMailer(sandbox(mail.to, simulatorAddress)).send(mail)).toBe('sent')
    expect(recipients).toEqual([mail.to])
  })

  test('email to any other address is sent to the mailbox simulator', async () => {
    expect(await sandboxMailer(sandbox(simulatorAddress)).send(mail)).toBe('simulated')
    expect(recipients).toEqual([mail.to, simulatorAddress])
  })

  test('no email is sent and none fails while the sender is not verified', async () => {
    expect(await sandboxMailer(sesMailer(mailbox.client, 'stranger@elsewhere.example')).send(mail)).toBe('simulated')
    expect(await mailbox.mails()).toEqual([])
  })

  test.each([
    new MessageRejected({ $metadata: {}, message: 'Transaction failed: Invalid domain name' }),
    new Error('The service is not available'),
  ])('any other error is thrown: $message', async (error) => {
    const failing: Mailer = { send: () => Promise.reject(error) }
    await expect(sandboxMailer(failing).send(mail)).rejects.toBe(error)
  })
})
