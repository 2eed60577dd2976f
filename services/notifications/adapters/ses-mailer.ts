import { MessageRejected, SendEmailCommand, type SESv2Client } from '@aws-sdk/client-sesv2'
import type { Mailer } from '../ports.ts'

export const sesMailer = (client: Pick<SESv2Client, 'send'>, from: string): Mailer => ({
  async send({ to, subject, html, text, eventId }) {
    await client.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [to] },
        Content: {
          Simple: { Subject: utf8(subject), Body: { Html: utf8(html), Text: utf8(text) } },
        },
        EmailTags: [{ Name: 'event-id', Value: tagValue(eventId) }],
      }),
    )
    return 'sent'
  },
})

/** Takes every mail of a verified sender, in the sandbox as well, and shows it to nobody. */
export const simulatorAddress = 'success@simulator.amazonses.com'

/**
 * For an account whose SES is still in its sandbox, where a mail to an address that nobody verified is refused: it
 * goes to SES's mailbox simulator instead. Before the sender is verified, the simulator is refused as well.
 */
export const sandboxMailer = (mailer: Mailer): Mailer => ({
  async send(mail) {
    for (const to of [mail.to, simulatorAddress]) {
      const outcome = await mailer.send({ ...mail, to }).catch(unlessUnverified)
      if (outcome === 'sent') return to === mail.to ? 'sent' : 'simulated'
    }
    return 'simulated'
  },
})

/** SES has one error for all that it refuses; only the message tells the sandbox from a mail that is itself wrong. */
function unlessUnverified(error: unknown): 'unverified' {
  if (error instanceof MessageRejected && error.message.includes('not verified')) return 'unverified'
  throw error
}

const utf8 = (data: string) => ({ Data: data, Charset: 'UTF-8' })

/** SES takes letters, digits, `_`, `-`, `.` and `@` in a tag, at most 256. */
const tagValue = (eventId: string): string => eventId.replace(/[^\w.@-]/g, '.').slice(0, 256)
