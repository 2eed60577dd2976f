import { hash } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'

interface QueuedWrite {
  /** The texts of the items. */
  readonly items: readonly string[]
  readonly transaction?: { readonly token?: string | undefined } | undefined
  readonly plan: () => () => unknown
  readonly resolve: (output: any) => void
  readonly reject: (error: unknown) => void
}

/**
 * Carries out the writes that arrive in one turn of the event loop in one SQLite transaction, in their order. From its
 * arrival until then a write is ongoing: "A transactional conflict can occur during concurrent item-level requests on an
 * item within a transaction" ("Amazon DynamoDB Transactions: How it works", DynamoDB developer guide).
 */
export class WriteQueue {
  readonly #state: State
  #queued: QueuedWrite[] = []
  /** The items of queued transactions. */
  readonly #transacted = new Set<string>()

  constructor(state: State) {
    this.#state = state
  }

  /** Whether a transaction that writes or checks the item is ongoing. */
  hasTransaction(item: string): boolean {
    return this.#transacted.has(item)
  }

  hasWrite(item: string): boolean {
    return this.#queued.some(({ items }) => items.includes(item))
  }

  hasToken(token: string): boolean {
    return this.#queued.some(({ transaction }) => transaction?.token === token)
  }

  /**
   * Queues a write of one item, a batch of such writes, or a transaction, with which other writes of its items conflict.
   * @param plan checks the write on the stored items and returns the function that carries it out
   * @throws what `plan` throws, in which case nothing is written
   */
  write<T>(items: readonly string[], plan: () => () => T, transaction?: QueuedWrite['transaction']): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#queued.length === 0) setImmediate(() => this.#flush())
      this.#queued.push({ items, transaction, plan, resolve, reject })
      if (transaction) for (const item of items) this.#transacted.add(item)
    })
  }

  #flush(): void {
    const writes = this.#queued
    this.#queued = []
    this.#transacted.clear()
    let settle: (() => void)[]
    try {
      settle = this.#state.transaction(() => writes.map(carryOut))
    } catch (error) {
      // Nothing is committed: the disk is full, or there is a bug.
      settle = writes.map((write) => () => write.reject(error))
    }
    for (const each of settle) each()
  }
}

/** @returns the function that reports the outcome, once it is committed. @throws an error that must undo all writes */
function carryOut({ plan, resolve, reject }: QueuedWrite): () => void {
  let commit
  try {
    commit = plan()
  } catch (error) {
    return () => reject(error)
  }
  const output = commit()
  return () => resolve(output)
}

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
