import { DescribeLimitsCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetAccountSettingsCommand, type LambdaClient } from '@aws-sdk/client-lambda'
import { ask, type Known } from '../aws-errors.ts'
import { failed, ok, quotaRequest, unchecked, warning, type Verdict } from './verdict.ts'

interface ConcurrencyLimits {
  /** Of the account in the region. */
  readonly total: number
  /** Not reserved by any function. */
  readonly unreserved: number
}

interface ConcurrencyNeeds {
  /** Provisioned concurrency in the stage record. */
  readonly provisioned: number
  /** Concurrent executions at the expected peak. */
  readonly peak: number
}

/** Lambda rejects a reservation that would leave less than this to all other functions. */
const unreservable = 100

/**
 * What a burst needs, whatever the mean of the peak is: the end-to-end suite makes 20 requests at the same time, and the
 * consumers of their events run meanwhile. A new account may have a quota of 10.
 */
const burst = 50

const concurrencyQuota = (desired: number) => quotaRequest('lambda', 'L-B99A9384', desired)

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
  // AWS usually approves multiples of 1000 automatically.
  const desired = Math.max(1000, Math.ceil((total - unreserved + peak + unreservable) / 1000) * 1000)
  if (provisioned > 0 && unreserved - provisioned < unreservable)
    return failed(
      'lambda',
      `${found}; ${provisioned} provisioned executions would leave fewer than the ${unreservable} that AWS requires`,
      concurrencyQuota(desired),
    )
  if (unreserved < peak)
    return warning('lambda', `${found}; the expected peak needs ${peak}`, concurrencyQuota(desired))
  if (unreserved < burst)
    return warning('lambda', `${found}; the end-to-end suite needs about ${burst}`, concurrencyQuota(desired))
  return ok('lambda', `${found}; ${provisioned} provisioned, and the expected peak needs ${peak}`)
}

/** Units per second. */
interface TableUnits {
  readonly reads: number
  readonly writes: number
}

/** The quotas of one table; they also apply to on-demand tables. */
export const readTableLimits = (client: DynamoDBClient): Promise<Known<TableUnits>> =>
  ask('dynamodb:DescribeLimits', async () => {
    const limits = await client.send(new DescribeLimitsCommand({}))
    return { reads: limits.TableMaxReadCapacityUnits ?? 0, writes: limits.TableMaxWriteCapacityUnits ?? 0 }
  })

/**
 * @param warm throughput in the stage record; undefined: that of a new table
 * @param peak units at the expected peak
 */
export function checkTableQuotas(limits: Known<TableUnits>, warm: TableUnits | undefined, peak: TableUnits): Verdict {
  if (!limits.known) return unchecked('dynamodb', limits)
  const found = `a table may have ${limits.value.reads} reads and ${limits.value.writes} writes per second`
  for (const [kind, code] of [
    ['reads', 'L-CF0CBE56'],
    ['writes', 'L-AB614373'],
  ] as const) {
    const most = limits.value[kind]
    if (warm && warm[kind] > most)
      return failed(
        'dynamodb',
        `${found}; the stage record needs ${warm[kind]} warm ${kind}`,
        quotaRequest('dynamodb', code, warm[kind]),
      )
    if (peak[kind] > most)
      return warning(
        'dynamodb',
        `${found}; the expected peak needs ${peak[kind]} ${kind}`,
        quotaRequest('dynamodb', code, peak[kind]),
      )
  }
  return ok('dynamodb', `${found}; the expected peak needs ${peak.reads} and ${peak.writes}`)
}
