import { SendEmailCommand, type SESv2Client } from '@aws-sdk/client-sesv2'
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
  },
})

const utf8 = (data: string) => ({ Data: data, Charset: 'UTF-8' })

/** SES takes letters, digits, `_`, `-`, `.` and `@` in a tag, at most 256. */
const tagValue = (eventId: string): string => eventId.replace(/[^\w.@-]/g, '.').slice(0, 256)
