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

/** SES's mailbox simulator: accepts any email of a verified sender, also in the sandbox, and delivers it to no inbox. */
export const simulatorAddress = 'success@simulator.amazonses.com'

/**
 * For an account in the SES sandbox, which rejects email to addresses that are not verified: such an email is sent to the
 * mailbox simulator instead. While the sender is not verified either, SES rejects that as well.
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

/** SES has one error for every rejection; only its message distinguishes the sandbox from an invalid email. */
function unlessUnverified(error: unknown): 'unverified' {
  if (error instanceof MessageRejected && error.message.includes('not verified')) return 'unverified'
  throw error
}

const utf8 = (data: string) => ({ Data: data, Charset: 'UTF-8' })

/** A tag of SES consists of at most 256 letters, digits, `_`, `-`, `.` and `@`. */
const tagValue = (eventId: string): string => eventId.replace(/[^\w.@-]/g, '.').slice(0, 256)
