import {
  AccountSuspendedException,
  InternalServiceErrorException,
  LimitExceededException,
  MessageRejected,
  SendingPausedException,
  TooManyRequestsException,
  type SESv2Client,
} from '@aws-sdk/client-sesv2'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { startMailbox } from '@cartwheel/local/testing'
import type { Mail, Mailer } from '../ports.ts'
import { mailerContract, type MailerFault } from '../ports.contract.ts'
import { orderRejected } from '../events.fixture.ts'
import { orderRejectedMail } from '../templates/order-mails.ts'
import { sandboxMailer, sesMailer, simulatorAddress } from './ses-mailer.ts'
import { applicationName } from '#shared/application.ts'

const from = `${applicationName} <shop@example.com>`

const logs = capturedLogs()

const configurationSet = 'mails'

let mailbox: Awaited<ReturnType<typeof startMailbox>>
beforeEach(async () => {
  mailbox = await startMailbox()
  await mailbox.declare('ConfigurationSet', { Name: configurationSet })
  await mailbox.declare('EmailIdentity', { EmailIdentity: 'example.com' })
})
afterEach(() => mailbox.stop())

const event = orderRejected()
const mail: Mail = {
  to: 'mira@mail.example.org',
  eventId: event.metadata.id,
  ...orderRejectedMail(event.data, 'Mira Nováková'),
}

const send = (fields: Partial<Mail> = {}, sender = from) =>
  sesMailer(mailbox.sdk, { from: sender, configurationSet }).send({ ...mail, ...fields })

const about = (message: string) => ({ $metadata: {}, message })
const unverified = (address: string) =>
  new MessageRejected(about(`Email address is not verified. The following identities failed the check: ${address}`))

/** What SES returns in each state. */
const faults: Record<MailerFault, Error> = {
  throttled: new TooManyRequestsException(about('Maximum sending rate exceeded.')),
  'account paused': new SendingPausedException(about('Sending paused for this account.')),
  'account suspended': new AccountSuspendedException(about('Account suspended.')),
  'over the daily quota': new LimitExceededException(about('Daily message quota exceeded.')),
  'sender not verified': unverified(from),
  'recipient not verified': unverified(mail.to),
  unavailable: new InternalServiceErrorException(about('Try again.')),
}
let nextError: Error | undefined

/** SES, whose next call fails with `nextError`. */
const client = {
  async send(command: never) {
    const error = nextError
    nextError = undefined
    if (error) throw error
    return mailbox.sdk.send(command)
  },
} as Pick<SESv2Client, 'send'>

test.each(['Transaction failed: Invalid domain name', 'Address blacklisted.', 'Message contains a virus'])(
  'an email that is rejected for itself is refused: %s',
  async (message) => {
    nextError = new MessageRejected(about(message))
    expect(await sesMailer(client, { from, configurationSet }).send(mail)).toEqual({
      status: 'refused',
      reason: 'message-rejected',
    })
  },
)

test('the log of a refusal has its cause and no address', async () => {
  nextError = new MessageRejected(about('The address é.novak@bücher.example does not exist'))
  await sesMailer(client, { from, configurationSet }).send(mail)
  expect(logs.text()).toMatch(/The address \[address\] does not exist/)
})

describe('SES', () => {
  mailerContract(async () => ({
    mailer: sesMailer(client, { from, configurationSet }),
    failNext: (fault) => (nextError = faults[fault]),
    received: async () =>
      (await mailbox.emails()).map(({ destination, subject, body: { html, text } }) => ({
        to: destination.to.join(),
        subject,
        html,
        text,
      })),
  }))
})

test('an email has the sender, one recipient and a tag with its event', async () => {
  await send()
  expect(await mailbox.emails()).toMatchObject([
    {
      from,
      destination: { to: ['mira@mail.example.org'], cc: [], bcc: [] },
      subject: mail.subject,
      body: { html: mail.html, text: mail.text },
      tags: { 'event-id': 'OrderRejected_ord_1_2' },
    },
  ])
})

test('a long event id becomes a valid tag', async () => {
  await send({ eventId: `A/${'ø'.repeat(300)}/1` })
  const [{ tags }] = await mailbox.emails()
  expect(tags['event-id']).toMatch(/^[\w-]{1,256}$/)
})

test('an unverified sender is an error, and nothing is sent', async () => {
  await expect(send({}, 'stranger@elsewhere.example')).rejects.toThrow('not verified')
  expect(await mailbox.emails()).toEqual([])
})

describe('in the SES sandbox', () => {
  const recipients: string[] = []
  beforeEach(() => recipients.splice(0))

  /** SES in a new account: accepts email to these addresses only. */
  const sandbox = (...verified: string[]): Mailer => ({
    async send({ to }) {
      recipients.push(to)
      if (verified.includes(to)) return { status: 'sent' }
      throw unverified(to)
    },
  })

  test('a verified address receives the email', async () => {
    expect(await sandboxMailer(sandbox(mail.to, simulatorAddress)).send(mail)).toEqual({ status: 'sent' })
    expect(recipients).toEqual([mail.to])
  })

  test('email to any other address is sent to the mailbox simulator', async () => {
    expect(await sandboxMailer(sandbox(simulatorAddress)).send(mail)).toEqual({ status: 'simulated' })
    expect(recipients).toEqual([mail.to, simulatorAddress])
  })

  test('no email is sent and none fails while the sender is not verified', async () => {
    expect(
      await sandboxMailer(sesMailer(mailbox.sdk, { from: 'stranger@elsewhere.example', configurationSet })).send(mail),
    ).toEqual({
      status: 'simulated',
    })
    expect(await mailbox.emails()).toEqual([])
  })

  test('any other error is thrown', async () => {
    const error = new Error('The service is not available')
    const failing: Mailer = { send: () => Promise.reject(error) }
    await expect(sandboxMailer(failing).send(mail)).rejects.toBe(error)
  })

  test('an email that is refused is not sent to the mailbox simulator', async () => {
    const refused = { status: 'refused', reason: 'bad-request' } as const
    let attempts = 0
    const refusing: Mailer = {
      async send() {
        attempts += 1
        return refused
      },
    }
    expect(await sandboxMailer(refusing).send(mail)).toEqual(refused)
    expect(attempts).toBe(1)
  })
})
