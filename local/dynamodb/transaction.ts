import { hash } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError, validationError } from '../wire/aws-error.ts'
import type { Item } from './attribute-value.ts'
import type { Members } from './request.ts'

/** Known before the stored item is read, so that a transaction with such a put is not even started. */
export const itemTooLarge = 'Item size has exceeded the maximum allowed size'

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

const tokenLifetimeMs = 10 * 60 * 1000

/** The ClientRequestTokens of the transactions of the last ten minutes. */
export class TransactionTokens {
  readonly #state: State
  readonly #clock: Clock

  constructor(state: State, clock: Clock) {
    this.#state = state
    this.#clock = clock
    state.define(`
      CREATE TABLE IF NOT EXISTS ddb_transaction_tokens (
        token TEXT PRIMARY KEY,
        request_hash TEXT NOT NULL,
        used_ms INTEGER NOT NULL
      ) WITHOUT ROWID;
      DROP INDEX IF EXISTS ddb_transaction_tokens_by_age`)
  }

  /**
   * @returns whether the same request has already succeeded with this token
   * @throws AwsError IdempotentParameterMismatchException when a different request used the token
   */
  seen(token: string, requestHash: string): boolean {
    const used = this.#state.get<{ request_hash: string }>(
      'SELECT request_hash FROM ddb_transaction_tokens WHERE token = ? AND used_ms > ?',
      token,
      this.#clock.now() - tokenLifetimeMs,
    )
    if (used && used.request_hash !== requestHash) {
      throw new AwsError(
        'IdempotentParameterMismatchException',
        'DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token that was already used.',
      )
    }
    return used !== undefined
  }

  /** Stores the token of a successful request. */
  add(token: string, requestHash: string): void {
    this.#state.run(
      'INSERT OR REPLACE INTO ddb_transaction_tokens VALUES (?, ?, ?)',
      token,
      requestHash,
      this.#clock.now(),
    )
  }

  trim(): void {
    this.#state.run('DELETE FROM ddb_transaction_tokens WHERE used_ms <= ?', this.#clock.now() - tokenLifetimeMs)
  }
}

/** Equal requests have equal hashes, independent of the order of their members. */
export const requestHash = (request: unknown): string => hash('sha256', canonicalText(request))

/** Strings are preceded by their length, so that no two requests have one text. */
function canonicalText(value: unknown): string {
  if (typeof value === 'string') return `${value.length}:${value}`
  if (value === null || typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `[${value.map(canonicalText).join()}]`
  const names = Object.keys(value)
  if (names.length > 1) names.sort()
  let text = '{'
  for (const name of names) text += `${name.length}:${name}${canonicalText((value as Record<string, unknown>)[name])}`
  return `${text}}`
}
