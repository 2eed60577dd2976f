import { startTestMailbox, type TestMailbox } from '#test/support/mailbox.ts'
import type { Mail } from '../ports.ts'
import { mailerContract } from '../ports.contract.ts'
import { orderRejected } from '../test-data/events.ts'
import { contentOf } from '../templates/content-of.ts'
import { sesMailer } from './ses-mailer.ts'

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
