import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { isThrottleCode, ThrottledError } from '../throttle.ts'
import type { Table } from './table.ts'

export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

export type TransactionOutcome =
  | { readonly kind: 'committed' }
  /** Conditions that did not hold, by index of the item, with the stored item where ALL_OLD was requested. */
  | { readonly kind: 'condition-failed'; readonly failed: ReadonlyMap<number, Record<string, unknown> | undefined> }
  /** Another transaction wrote one of the items concurrently. The result of the conditions is unknown; can be retried. */
  | { readonly kind: 'conflict' }

/** @throws ThrottledError when DynamoDB throttles */
export async function transactWrite(table: Table, items: TransactItem[]): Promise<TransactionOutcome> {
  try {
    await table.client.send(new TransactWriteCommand({ TransactItems: items }))
    return { kind: 'committed' }
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error
    const reasons = error.CancellationReasons ?? []
    const failed = new Map<number, Record<string, unknown> | undefined>()
    reasons.forEach((reason, index) => {
      if (reason.Code === 'ConditionalCheckFailed') failed.set(index, reason.Item ? unmarshall(reason.Item) : undefined)
    })
    if (failed.size > 0) return { kind: 'condition-failed', failed }
    if (reasons.some((reason) => reason.Code === 'TransactionConflict')) return { kind: 'conflict' }
    if (reasons.some(({ Code }) => isThrottleCode(Code))) throw new ThrottledError(error.message, { cause: error })
    throw error
  }
}
