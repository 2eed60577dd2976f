import type { SESv2Client } from '@aws-sdk/client-sesv2'
import { startMailbox } from '@cartwheel/local/testing'

/** SES on a free port, with a client. */
export interface TestMailbox {
  readonly client: SESv2Client
  /** The sent emails, oldest first, in the mailbox's JSON. */
  mails(): Promise<Record<string, any>[]>
  stop(): Promise<void>
}

/** The name of the mailbox's only configuration set. */
export const configurationSet = 'mails'

/** @param senders the addresses or domains that may send */
export async function startTestMailbox(...senders: string[]): Promise<TestMailbox> {
  const { sdk, declare, emails, stop } = await startMailbox()
  await declare('ConfigurationSet', { Name: configurationSet })
  for (const EmailIdentity of senders) await declare('EmailIdentity', { EmailIdentity })
  return { client: sdk, mails: () => emails(), stop }
}
