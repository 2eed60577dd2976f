import { GetAccountCommand, GetEmailIdentityCommand, type SESv2Client } from '@aws-sdk/client-sesv2'
import { GetSMSSandboxAccountStatusCommand, type SNSClient } from '@aws-sdk/client-sns'
import type { ExpectedPeak, MailSettings, StageSettings } from '#infra/stage-settings.ts'
import { ask, unless, type Known } from '../aws-errors.ts'
import { failed, ok, warning, quotaRequest, unchecked, type Verdict } from './verdict.ts'

interface MailAccount {
  /** False: in the sandbox, where only verified addresses receive email. */
  readonly production: boolean
  /** False while AWS has paused the account's sending. */
  readonly sendingEnabled: boolean
  readonly mailsPerSecond: number
  readonly mailsPerDay: number
}

/** Of the identity that permits the sender. */
type SenderState = 'verified' | 'unverified' | 'absent'

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

export const readSender = (client: SESv2Client, identity: string): Promise<Known<SenderState>> =>
  ask('ses:GetEmailIdentity', () => readState(client, identity))

async function readState(client: SESv2Client, EmailIdentity: string): Promise<SenderState> {
  const found = await unless('NotFoundException', client.send(new GetEmailIdentityCommand({ EmailIdentity })))
  if (!found) return 'absent'
  return found.VerifiedForSendingStatus ? 'verified' : 'unverified'
}

/** The user pool and the function of the emails use the identity, which belongs to no stack of the stage. */
export function checkSender(state: Known<SenderState>, { from, identity, mode }: MailSettings): Verdict {
  if (!state.known) return unchecked('mail sender', state)
  if (state.value === 'verified') return ok('mail sender', `${identity} is verified, which permits ${from}`)
  const finding =
    state.value === 'absent'
      ? `${identity}, which permits ${from}, is not an identity in SES`
      : `${identity}, which permits ${from}, is not verified yet`
  if (mode === 'simulator')
    return ok('mail sender', `${finding}; mail.mode is 'simulator', so orders do not require it`)
  const byAddress = identity.includes('@')
  const verification = byAddress ? 'click the link in the email that SES sends' : 'add the DNS records that it prints'
  return failed(
    'mail sender',
    `${finding}, and with mail.mode 'ses' neither sign-ups nor emails would work`,
    state.value === 'absent'
      ? `npx cdk deploy --app "node infra/bootstrap/app.ts" -c mail=${identity}, then ${verification}. Until then set mail.mode to 'simulator' in infra/stages.ts.`
      : `SES console: Identities > ${identity} shows what is missing. Until then set mail.mode to 'simulator' in infra/stages.ts.`,
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

/** "Maximum number of emails sent daily by default" (Cognito developer guide, quotas), for all pools of an account. */
const cognitoMailsPerDay = 50

/** Codes count towards the limit of Cognito's own sender while the pool does not send through SES. */
function checkCognitoSender({ customersPerDay }: ExpectedPeak): Verdict {
  const finding = `mail.mode is 'simulator': no email of the shop reaches a customer, and Cognito's own sender sends the codes of ${cognitoMailsPerDay} sign-ups a day`
  return customersPerDay <= cognitoMailsPerDay
    ? ok('mail rate', finding)
    : warning(
        'mail rate',
        `${finding}, where the peak has ${customersPerDay}: further sign-ups fail`,
        "For more sign-ups set mail.mode to 'ses' in infra/stages.ts, which requires a verified sender and production access.",
      )
}

const rate = (quota: number) => quotaRequest('ses', 'L-CDEF9B6B', quota)

/** @param needed emails per second and per day at the expected peak, codes of sign-ups included */
export function checkMailRate(
  account: Known<MailAccount>,
  { mail: { mode, ratePerSecond }, expectedPeak }: Pick<StageSettings, 'mail' | 'expectedPeak'>,
  needed: Pick<MailAccount, 'mailsPerSecond' | 'mailsPerDay'>,
): Verdict {
  if (mode === 'simulator') return checkCognitoSender(expectedPeak)
  if (!account.known) return unchecked('mail rate', account)
  const { mailsPerSecond, mailsPerDay } = account.value
  const [perSecond, perDay] = [`${mailsPerSecond} emails per second`, `${mailsPerDay} emails per day`]
  const late = `${perSecond}, and the peak needs ${needed.mailsPerSecond}: emails would be delayed`
  if (mailsPerSecond < needed.mailsPerSecond) return warning('mail rate', late, rate(needed.mailsPerSecond))
  const throttled = `${perSecond}, and mail.ratePerSecond is ${ratePerSecond}: SES would throttle the stage`
  if (mailsPerSecond < ratePerSecond) return warning('mail rate', throttled, rate(ratePerSecond))
  const lost = `${perDay}, and the peak needs ${needed.mailsPerDay}: emails would fail`
  if (mailsPerDay < needed.mailsPerDay)
    return warning('mail rate', lost, quotaRequest('ses', 'L-804C8AE8', needed.mailsPerDay))
  const needs = `${needed.mailsPerSecond} and ${needed.mailsPerDay}`
  return ok('mail rate', `${perSecond} and ${mailsPerDay} per day; the peak needs ${needs}`)
}

export const readTextSandbox = (client: SNSClient): Promise<Known<boolean>> =>
  ask('sns:GetSMSSandboxAccountStatus', async () => {
    const { IsInSandbox } = await client.send(new GetSMSSandboxAccountStatusCommand({}))
    return IsInSandbox === true
  })

/**
 * "We set the spending quota for all new accounts at $1.00 (USD) per month" (Amazon SNS Developer Guide, Requesting
 * increases to your monthly SMS spending quota), which is a few text messages. SNS has no operation that returns the
 * quota.
 */
const spendingQuota = "the account's monthly spending quota for SMS, $1 until AWS Support raises it, still applies"

export function checkTextMessages(inSandbox: Known<boolean>): Verdict {
  if (!inSandbox.known) return unchecked('text messages', inSandbox)
  return inSandbox.value
    ? warning(
        'text messages',
        'SNS is in its sandbox for SMS: only verified numbers receive text messages',
        'SNS console: Text messaging (SMS) > Exit SMS sandbox. Orders and emails do not depend on it.',
      )
    : ok('text messages', `SNS is out of its sandbox for SMS; ${spendingQuota}`)
}
