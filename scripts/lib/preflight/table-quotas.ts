import { DescribeLimitsCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { ask, type Known } from './known.ts'
import { bad, good, mind, quotaRequest, unchecked, type Verdict } from './verdict.ts'

/** Units a second. */
export interface TableUnits {
  readonly reads: number
  readonly writes: number
}

/** What one table may be given; the same quotas bound tables that are paid by request. */
export const readTableLimits = (client: DynamoDBClient): Promise<Known<TableUnits>> =>
  ask('dynamodb:DescribeLimits', async () => {
    const limits = await client.send(new DescribeLimitsCommand({}))
    return { reads: limits.TableMaxReadCapacityUnits ?? 0, writes: limits.TableMaxWriteCapacityUnits ?? 0 }
  })

/**
 * @param warm throughput that the stage's record asks for beforehand; none: the table begins as every table does
 * @param peak units at the expected peak
 */
export function checkTableQuotas(limits: Known<TableUnits>, warm: TableUnits | undefined, peak: TableUnits): Verdict {
  if (!limits.known) return unchecked('dynamodb', limits)
  const found = `a table may take ${limits.value.reads} reads and ${limits.value.writes} writes a second`
  for (const [kind, code] of [
    ['reads', 'L-CF0CBE56'],
    ['writes', 'L-AB614373'],
  ] as const) {
    const most = limits.value[kind]
    if (warm && warm[kind] > most)
      return bad(
        'dynamodb',
        `${found}; the record wants ${warm[kind]} ${kind} warm`,
        quotaRequest('dynamodb', code, warm[kind]),
      )
    if (peak[kind] > most)
      return mind(
        'dynamodb',
        `${found}; the expected peak needs ${peak[kind]} ${kind}`,
        quotaRequest('dynamodb', code, peak[kind]),
      )
  }
  return good('dynamodb', `${found}; the expected peak needs ${peak.reads} and ${peak.writes}`)
}
