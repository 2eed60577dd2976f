import { GetSMSSandboxAccountStatusCommand, type SNSClient } from '@aws-sdk/client-sns'
import { ask, type Known } from './known.ts'
import { good, unchecked, type Verdict } from './verdict.ts'

export const readTextSandbox = (client: SNSClient): Promise<Known<boolean>> =>
  ask('sns:GetSMSSandboxAccountStatus', async () => {
    const { IsInSandbox } = await client.send(new GetSMSSandboxAccountStatusCommand({}))
    return IsInSandbox === true
  })

/** Told for whoever adds text messages; it stops nothing today. */
export const checkTextMessages = (inSandbox: Known<boolean>): Verdict =>
  inSandbox.known
    ? good(
        'text messages',
        `SNS is ${inSandbox.value ? 'in' : 'out of'} its sandbox for SMS; no matter, as nothing here sends any`,
      )
    : unchecked('text messages', inSandbox)
