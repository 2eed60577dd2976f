import { hash } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'

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
