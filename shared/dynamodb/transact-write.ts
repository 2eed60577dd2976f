import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { Table } from './document-client.ts'
import { ThrottledError } from './throttled-error.ts'

export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

export type TransactionOutcome =
  | { readonly ok: true }
  /** Conditions did not hold, by index of the item; with the item as it stands when ALL_OLD was asked for. */
  | {
      readonly ok: false
      readonly reason: 'condition-failed'
      readonly failed: ReadonlyMap<number, Record<string, unknown> | undefined>
    }
  /** Another transaction was at one of the items: worth another try, and no statement about conditions. */
  | { readonly ok: false; readonly reason: 'conflict' }

/**
 * @throws ThrottledError when the table asked for less; anything else that throws is a bug
 */
export async function transactWrite(table: Table, items: TransactItem[]): Promise<TransactionOutcome> {
  try {
    await table.client.send(new TransactWriteCommand({ TransactItems: items }))
    return { ok: true }
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error
    const reasons = error.CancellationReasons ?? []
    const failed = new Map<number, Record<string, unknown> | undefined>()
    reasons.forEach((reason, index) => {
      if (reason.Code === 'ConditionalCheckFailed') failed.set(index, reason.Item ? unmarshall(reason.Item) : undefined)
    })
    if (failed.size > 0) return { ok: false, reason: 'condition-failed', failed }
    if (reasons.some((reason) => reason.Code === 'TransactionConflict')) return { ok: false, reason: 'conflict' }
    if (reasons.some(({ Code = '' }) => throttles.has(Code))) throw new ThrottledError(error.message, { cause: error })
    throw error
  }
}

const throttles: ReadonlySet<string> = new Set(['ThrottlingError', 'ProvisionedThroughputExceeded'])
