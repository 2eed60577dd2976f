import { GetAccountSettingsCommand, type LambdaClient } from '@aws-sdk/client-lambda'
import { ask, type Known } from './known.ts'
import { bad, good, mind, quotaRequest, unchecked, type Verdict } from './verdict.ts'

export interface ConcurrencyLimits {
  /** Of the account in the region. */
  readonly total: number
  /** What no function has reserved for itself. */
  readonly unreserved: number
}

export interface ConcurrencyNeeds {
  /** Environments that the stage's record keeps warm. */
  readonly provisioned: number
  /** Environments at work at the expected peak. */
  readonly peak: number
}

/** Lambda refuses a reservation that would leave less than this to all other functions. */
const unreservable = 100

const quota = (desired: number) => quotaRequest('lambda', 'L-B99A9384', desired)

export const readConcurrency = (client: LambdaClient): Promise<Known<ConcurrencyLimits>> =>
  ask('lambda:GetAccountSettings', async () => {
    const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}))
    const total = AccountLimit?.ConcurrentExecutions ?? 0
    return { total, unreserved: AccountLimit?.UnreservedConcurrentExecutions ?? total }
  })

export function checkConcurrency(limits: Known<ConcurrencyLimits>, { provisioned, peak }: ConcurrencyNeeds): Verdict {
  if (!limits.known) return unchecked('lambda', limits)
  const { total, unreserved } = limits.value
  const found = `${unreserved} of ${total} concurrent executions are free`
  // Whole thousands are what AWS grants without asking back.
  const desired = Math.max(1000, Math.ceil((total - unreserved + peak + unreservable) / 1000) * 1000)
  if (provisioned > 0 && unreserved - provisioned < unreservable)
    return bad(
      'lambda',
      `${found}; ${provisioned} provisioned ones would leave fewer than the ${unreservable} that AWS insists on`,
      quota(desired),
    )
  if (unreserved < peak) return mind('lambda', `${found}; the expected peak needs ${peak}`, quota(desired))
  return good('lambda', `${found}; ${provisioned} provisioned, and the expected peak needs ${peak}`)
}
