import { BadRequestException, MessageRejected, SendEmailCommand, type SESv2Client } from '@aws-sdk/client-sesv2'
import { logger } from '#shared/lambda/telemetry.ts'
import type { Delivery, Mailer, RefusalReason } from '../ports.ts'

/** @param configurationSet publishes the bounces and complaints of these emails */
export const sesMailer = (
  client: Pick<SESv2Client, 'send'>,
  { from, configurationSet }: { readonly from: string; readonly configurationSet: string },
): Mailer => ({
  async send({ to, subject, html, text, eventId }) {
    const command = new SendEmailCommand({
      FromEmailAddress: from,
      ConfigurationSetName: configurationSet,
      Destination: { ToAddresses: [to] },
      Content: {
        Simple: { Subject: utf8(subject), Body: { Html: utf8(html), Text: utf8(text) } },
      },
      EmailTags: [{ Name: 'event-id', Value: tagValue(eventId) }],
    })
    try {
      await client.send(command)
      return { status: 'sent' }
    } catch (error) {
      const reason = refusalReasonOf(error)
      if (!reason) throw error
      logger.warn('SES permanently refuses an email', { event_id: eventId, reason, error: error as Error })
      return { status: 'refused', reason }
    }
  },
})

/**
 * SES API v2 reference, SendEmail, "Errors": BadRequestException, "The input you provided is invalid", which is also the
 * response to an address with non-ASCII characters before the @, and MessageRejected, "The message can't be sent because it
 * contains invalid content". The other errors concern the account, its quotas or its configuration, and can pass, as does
 * a MessageRejected about an unverified identity. An address on the account's suppression list is no error: SES accepts
 * the email and does not deliver it.
 */
function refusalReasonOf(error: unknown): RefusalReason | undefined {
  if (error instanceof BadRequestException) return 'bad-request'
  return error instanceof MessageRejected && !concernsAccount(error) ? 'message-rejected' : undefined
}

/** SES has one error for every rejection; only its message distinguishes the account's state from an invalid email. */
const concernsAccount = ({ message }: MessageRejected) => isUnverified(message) || /paused|suspended/i.test(message)

const isUnverified = (message: string) => message.includes('not verified')

/** SES's mailbox simulator: accepts any email of a verified sender, also in the sandbox, and delivers it to no inbox. */
export const simulatorAddress = 'success@simulator.amazonses.com'

/**
 * For an account in the SES sandbox, which rejects email to addresses that are not verified: such an email is sent to the
 * mailbox simulator instead. While the sender is not verified either, SES rejects that as well.
 */
export const sandboxMailer = (mailer: Mailer): Mailer => ({
  async send(mail) {
    for (const to of [mail.to, simulatorAddress]) {
      const delivery = await mailer.send({ ...mail, to }).catch(unlessUnverified)
      if (delivery) return to === mail.to ? delivery : simulated
    }
    return simulated
  },
})

const simulated: Delivery = { status: 'simulated' }

function unlessUnverified(error: unknown): undefined {
  if (error instanceof MessageRejected && isUnverified(error.message)) return undefined
  throw error
}

const utf8 = (data: string) => ({ Data: data, Charset: 'UTF-8' })

/**
 * "It can only contain ASCII letters (a–z, A–Z), numbers (0–9), underscores (_), or dashes (-). It can contain no more
 * than 256 characters." (SES API v2 reference, MessageTag). Another tag would be a BadRequestException, and the email
 * would be permanently refused.
 */
const tagValue = (eventId: string): string => eventId.replace(/[^\w-]/g, '_').slice(0, 256)
