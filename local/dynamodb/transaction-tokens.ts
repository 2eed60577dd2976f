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
      CREATE INDEX IF NOT EXISTS ddb_transaction_tokens_by_age ON ddb_transaction_tokens (used_ms)`)
  }

  /**
   * @returns whether the same request has already succeeded with this token; stores the token otherwise
   * @throws AwsError IdempotentParameterMismatchException when a different request used the token
   */
  seen(token: string, request: unknown): boolean {
    const requestHash = hash('sha256', canonicalJson(request))
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
    if (used) return true
    this.#state.run(
      'INSERT OR REPLACE INTO ddb_transaction_tokens VALUES (?, ?, ?)',
      token,
      requestHash,
      this.#clock.now(),
    )
    return false
  }

  trim(): void {
    this.#state.run('DELETE FROM ddb_transaction_tokens WHERE used_ms <= ?', this.#clock.now() - tokenLifetimeMs)
  }
}

/** Equal requests have equal text, independent of the order of their members. */
const canonicalJson = (value: unknown) =>
  JSON.stringify(value, (_key, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
