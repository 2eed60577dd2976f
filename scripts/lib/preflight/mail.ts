import { GetAccountCommand, GetEmailIdentityCommand, NotFoundException, type SESv2Client } from '@aws-sdk/client-sesv2'
import { GetSMSSandboxAccountStatusCommand, type SNSClient } from '@aws-sdk/client-sns'
import type { MailSettings } from '#infra/stages.ts'
import { ask, type Known } from '../aws-errors.ts'
import { failed, ok, warning, quotaRequest, unchecked, type Verdict } from './verdict.ts'

export interface MailAccount {
  /** False: in the sandbox, where only verified addresses receive email. */
  readonly production: boolean
  /** False while AWS has paused the account's sending. */
  readonly sendingEnabled: boolean
  readonly mailsPerSecond: number
  readonly mailsPerDay: number
}

/** Of the sender's address or its domain; either is sufficient. */
export type SenderState = 'verified' | 'unverified' | 'absent'

export const readMailAccount = (client: SESv2Client): Promise<Known<MailAccount>> =>
  ask('ses:GetAccount', async () => {
    const { ProductionAccessEnabled, SendingEnabled, SendQuota } = await client.send(new GetAccountCommand({}))
    return {
      production: ProductionAccessEnabled === true,
      sendingEnabled: SendingEnabled !== false,
      mailsPerSecond: SendQuota?.MaxSendRate ?? 0,
      mailsPerDay: SendQuota?.Max24HourSend ?? 0,
    }
  })

export const readSender = (client: SESv2Client, from: string): Promise<Known<SenderState>> =>
  ask('ses:GetEmailIdentity', async () => {
    const states = await Promise.all([from, domainOf(from)].map((identity) => readState(client, identity)))
    return states.find((state) => state === 'verified') ?? states.find((state) => state === 'unverified') ?? 'absent'
  })

async function readState(client: SESv2Client, EmailIdentity: string): Promise<SenderState> {
  try {
    const { VerifiedForSendingStatus } = await client.send(new GetEmailIdentityCommand({ EmailIdentity }))
    return VerifiedForSendingStatus ? 'verified' : 'unverified'
  } catch (error) {
    if (error instanceof NotFoundException) return 'absent'
    throw error
  }
}

const domainOf = (address: string): string => address.slice(address.indexOf('@') + 1)

/**
 * The stacks create the identity of the address, which would conflict with an existing identity. The sender is therefore
 * verified by its domain beforehand.
 */
export function checkSender(state: Known<SenderState>, { from, mode }: MailSettings): Verdict {
  if (!state.known) return unchecked('mail sender', state)
  if (state.value === 'verified') return ok('mail sender', `${from} is verified`)
  const finding =
    state.value === 'absent' ? `neither ${from} nor its domain is an identity in SES` : `${from} is not verified yet`
  if (mode === 'simulator')
    return ok('mail sender', `${finding}; mail.mode is 'simulator', so orders do not require it`)
  return failed(
    'mail sender',
    `${finding}, and with mail.mode 'ses' every email would fail`,
    `Verify the domain: aws sesv2 create-email-identity --email-identity ${domainOf(from)} prints its DNS records. Until then set mail.mode to 'simulator' in infra/stages.ts.`,
  )
}

export function checkMailAccount(account: Known<MailAccount>, { mode }: MailSettings): Verdict {
  if (!account.known) return unchecked('mail account', account)
  const { production, sendingEnabled, mailsPerSecond, mailsPerDay } = account.value
  if (!sendingEnabled)
    return (mode === 'ses' ? failed : warning)(
      'mail account',
      'AWS has paused sending for this account',
      'SES console: Account dashboard shows the reason and how to appeal.',
    )
  if (production)
    return ok('mail account', `out of the sandbox: ${mailsPerSecond} emails per second, ${mailsPerDay} per day`)
  if (mode === 'simulator')
    return ok('mail account', "in the sandbox; mail.mode is 'simulator', so orders do not require production access")
  return failed(
    'mail account',
    "in the sandbox, where SES rejects customers' addresses, and mail.mode is 'ses'",
    "SES console: Account dashboard > Request production access (about a day). Until then set mail.mode to 'simulator' in infra/stages.ts.",
  )
}

/** @param needed emails per second and per day at the expected peak */
export function checkMailRate(
  account: Known<MailAccount>,
  { mode }: MailSettings,
  needed: Pick<MailAccount, 'mailsPerSecond' | 'mailsPerDay'>,
): Verdict {
  if (mode === 'simulator') return ok('mail rate', "mail.mode is 'simulator': no email reaches a customer")
  if (!account.known) return unchecked('mail rate', account)
  const { mailsPerSecond, mailsPerDay } = account.value
  if (mailsPerSecond < needed.mailsPerSecond)
    return warning(
      'mail rate',
      `${mailsPerSecond} emails per second, and the peak needs ${needed.mailsPerSecond}: emails would be delayed`,
      quotaRequest('ses', 'L-CDEF9B6B', needed.mailsPerSecond),
    )
  if (mailsPerDay < needed.mailsPerDay)
    return warning(
      'mail rate',
      `${mailsPerDay} emails per day, and the peak needs ${needed.mailsPerDay}: emails would fail`,
      quotaRequest('ses', 'L-804C8AE8', needed.mailsPerDay),
    )
  return ok(
    'mail rate',
    `${mailsPerSecond} emails per second and ${mailsPerDay} per day; the peak needs ${needed.mailsPerSecond} and ${needed.mailsPerDay}`,
  )
}

export const readTextSandbox = (client: SNSClient): Promise<Known<boolean>> =>
  ask('sns:GetSMSSandboxAccountStatus', async () => {
    const { IsInSandbox } = await client.send(new GetSMSSandboxAccountStatusCommand({}))
    return IsInSandbox === true
  })

/** For forks that add text messages; this app sends none. */
export const checkTextMessages = (inSandbox: Known<boolean>): Verdict =>
  inSandbox.known
    ? ok('text messages', `SNS is ${inSandbox.value ? 'in' : 'out of'} its sandbox for SMS; this app sends none`)
    : unchecked('text messages', inSandbox)
