import { SESv2Client } from '@aws-sdk/client-sesv2'
import { SNSClient } from '@aws-sdk/client-sns'
import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { sendingClientConfiguration } from '#shared/lambda/client-configuration.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { realBackoff } from '#shared/retry.ts'
import { contactTable } from '../adapters/contact-table.ts'
import { deliveryTable } from '../adapters/delivery-table.ts'
import { sandboxMailer, sesMailer } from '../adapters/ses-mailer.ts'
import { snsTexts } from '../adapters/sns-texts.ts'
import { suppressionTable } from '../adapters/suppression-table.ts'
import { sendMailHandler } from '../handlers/send-mail.ts'

const env = readEnv(
  z.object({
    MAIL_FROM: z.string().min(1),
    MAIL_MODE: z.enum(['ses', 'simulator']),
    CONFIGURATION_SET: z.string().min(1),
    STAFF_ADDRESS: z.string().min(1).optional(),
  }),
)
const table = tableFromEnv()
const mailer = sesMailer(new SESv2Client(sendingClientConfiguration), {
  from: env.MAIL_FROM,
  configurationSet: env.CONFIGURATION_SET,
})

export const handler = sendMailHandler({
  deliveries: deliveryTable(table),
  contacts: contactTable(table),
  suppressions: suppressionTable(table),
  mailer: env.MAIL_MODE === 'simulator' ? sandboxMailer(mailer) : mailer,
  texts: snsTexts(new SNSClient(sendingClientConfiguration)),
  staffAddress: env.STAFF_ADDRESS,
  now: () => new Date(),
  backoff: realBackoff({ attempts: 3, baseMs: 300, maxMs: 1000 }),
})
