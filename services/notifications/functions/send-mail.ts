import { SESv2Client } from '@aws-sdk/client-sesv2'
import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { clientConfiguration } from '#shared/lambda/client-configuration.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { contactTable } from '../adapters/contact-table.ts'
import { deliveryTable } from '../adapters/delivery-table.ts'
import { sandboxMailer, sesMailer } from '../adapters/ses-mailer.ts'
import { sendMailHandler } from '../handlers/send-mail.ts'

const env = readEnv(z.object({ MAIL_FROM: z.string().min(1), MAIL_MODE: z.enum(['ses', 'simulator']) }))

const table = tableFromEnv()

const mailer = sesMailer(new SESv2Client(clientConfiguration), env.MAIL_FROM)

export const handler = sendMailHandler({
  deliveries: deliveryTable(table),
  contacts: contactTable(table),
  channels: { email: env.MAIL_MODE === 'simulator' ? sandboxMailer(mailer) : mailer },
  now: () => new Date(),
})
