import { AwsError, validationError } from '../wire/aws-error.ts'
import type { Item } from './attribute-value.ts'
import type { Members } from './request.ts'
import { itemTooLarge } from './writes.ts'

const transactionLimitItems = 100
const transactionLimitBytes = 4 * 1024 * 1024

/** The actions of a transaction, one in each entry. */
export const transactItemsMember = (members: Members): Members => ({
  TransactItems: {
    type: 'List',
    required: true,
    min: 1,
    max: transactionLimitItems,
    of: { type: 'Structure', members },
  },
})

export function requireTransactionSize(bytes: number): void {
  if (bytes > transactionLimitBytes) {
    throw validationError('The aggregate size of the items in the transaction exceeded the 4MB limit')
  }
}

export type CancellationReason =
  | { readonly Code: 'None' }
  | { readonly Code: 'ConditionalCheckFailed'; readonly Message: string; readonly Item?: Item }
  | { readonly Code: 'ValidationError' | 'TransactionConflict' | 'ThrottlingError'; readonly Message: string }

/** The message of TransactionConflictException, and of a cancellation reason. */
export const conflictMessage = 'Transaction is ongoing for the item'

export const conflictReason: CancellationReason = { Code: 'TransactionConflict', Message: conflictMessage }

export const noReason: CancellationReason = { Code: 'None' }

/** @throws AwsError TransactionCanceledException when at least one action has a reason */
export function requireNoReasons(reasons: readonly CancellationReason[]): void {
  if (reasons.every((reason) => reason.Code === 'None')) return
  const codes = reasons.map((reason) => reason.Code).join(', ')
  throw new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { members: { CancellationReasons: reasons } },
  )
}

/**
 * Converts an error of one action, such as a key that does not match its table, to its cancellation reason. Values that
 * are invalid for every stored item reject the whole request.
 */
export function reasonOf(error: unknown): CancellationReason {
  if (error instanceof AwsError && error.name === 'ValidationException' && !rejectsRequest(error.message)) {
    return { Code: 'ValidationError', Message: error.message }
  }
  throw error
}

const rejectsRequest = (message: string) =>
  message === itemTooLarge || message.startsWith('One or more parameter values are not valid.')
