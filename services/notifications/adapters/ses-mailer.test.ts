import { MessageRejected } from '@aws-sdk/client-sesv2'
import { startTestMailbox, type TestMailbox } from '#test/support/mailbox.ts'
import type { Mail, Mailer } from '../ports.ts'
import { mailerContract } from '../ports.contract.ts'
import { orderRejected } from '../test-data/events.ts'
import { contentOf } from '../templates/content-of.ts'
import { sandboxMailer, sesMailer, simulatorAddress } from './ses-mailer.ts'

const from = 'Cartwheel <shop@example.com>'

let mailbox: TestMailbox
beforeEach(async () => {
  mailbox = await startTestMailbox('example.com')
})
afterEach(() => mailbox.stop())

const event = orderRejected()
const mail: Mail = { to: 'mira@mail.example.org', eventId: event.metadata.id, ...contentOf(event, 'Mira Nováková') }

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

test('a mail comes from the shop to one address and is marked with its event', async () => {
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

test('a long event id makes a tag that SES takes', async () => {
  await send({ eventId: `A/${'ø'.repeat(300)}/1` })
  const [{ tags }] = (await mailbox.mails()) as [Record<string, any>]
  expect(tags['event-id']).toMatch(/^[\w.@-]{1,256}$/)
})

test('a sender that SES does not know is an error, and nothing is sent', async () => {
  await expect(send({}, 'stranger@elsewhere.example')).rejects.toThrow('not verified')
  expect(await mailbox.mails()).toEqual([])
})

describe('in the sandbox of SES', () => {
  const asked: string[] = []
  beforeEach(() => asked.splice(0))

  /** SES as a new account has it, which takes mail for these addresses alone. */
  const sandbox = (...verified: string[]): Mailer => ({
    async send({ to }) {
      asked.push(to)
      if (verified.includes(to)) return 'sent'
      throw new MessageRejected({ $metadata: {}, message: `Email address is not verified: ${to}` })
    },
  })

  test('who is verified gets the mail', async () => {
    expect(await sandboxMailer(sandbox(mail.to, simulatorAddress)).send(mail)).toBe('sent')
    expect(asked).toEqual([mail.to])
  })

  test("any other customer's mail goes to the simulator", async () => {
    expect(await sandboxMailer(sandbox(simulatorAddress)).send(mail)).toBe('simulated')
    expect(asked).toEqual([mail.to, simulatorAddress])
  })

  test('before the sender is verified no mail goes anywhere, and none fails for it', async () => {
    expect(await sandboxMailer(sesMailer(mailbox.client, 'stranger@elsewhere.example')).send(mail)).toBe('simulated')
    expect(await mailbox.mails()).toEqual([])
  })

  test.each([
    new MessageRejected({ $metadata: {}, message: 'Transaction failed: Invalid domain name' }),
    new Error('The service is not available'),
  ])('what fails for another reason fails: $message', async (error) => {
    const failing: Mailer = { send: () => Promise.reject(error) }
    await expect(sandboxMailer(failing).send(mail)).rejects.toBe(error)
  })
})
