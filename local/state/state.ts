import { DatabaseSync, type StatementSync } from 'node:sqlite'

/** Why the state file cannot be used any more. */
export type StateFailure = 'full' | 'damaged' | 'unreadable'

/** SQLite's primary result codes, the low byte of `errcode`. */
const failures: Readonly<Record<number, StateFailure>> = { 10: 'unreadable', 11: 'damaged', 13: 'full', 26: 'damaged' }

type Value = null | number | bigint | string | Uint8Array
type Row = Record<string, Value>

/**
 * All persistent state of the local system in one SQLite file: table items, stream records, queue messages,
 * pending deliveries, users, emails. Because it is one file, a delivery between two services (an event on a bus
 * that becomes a queue message) is one transaction that is complete even after the process is killed.
 *
 * All access is synchronous: between `BEGIN` and `COMMIT` no other code of this process runs, which gives
 * every service serializable transactions without locks.
 */
export class State {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  #depth = 0
  #afterCommit: (() => void)[] = []
  readonly #onFailure: (failure: StateFailure) => void

  /**
   * @param location a file path, or `:memory:`
   * @param onFailure called when the disk is full or the file is damaged, before the caller gets SQLite's error.
   *   Committed transactions stay complete; uncommitted ones are rolled back.
   */
  constructor(location: string, onFailure: (failure: StateFailure) => void = () => {}) {
    this.#onFailure = onFailure
    this.#db = new DatabaseSync(location)
    // WAL with NORMAL survives kill -9 of the process; only a power failure can lose the last commits. A page that changes
    // often is written to the database once in 10,000 pages of the log (40 MB) instead of once in 1,000.
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 10000')
    this.#db.exec('PRAGMA foreign_keys = ON')
  }

  /** Runs schema statements, which must be idempotent (`CREATE TABLE IF NOT EXISTS …`). */
  define(schema: string): void {
    this.#db.exec(schema)
  }

  all<T = Row>(sql: string, ...values: Value[]): T[] {
    return this.#guard(() => this.#prepare(sql).all(...values) as T[])
  }

  get<T = Row>(sql: string, ...values: Value[]): T | undefined {
    return this.#guard(() => this.#prepare(sql).get(...values) as T | undefined)
  }

  /** @returns how many rows changed */
  run(sql: string, ...values: Value[]): { changes: number } {
    return { changes: Number(this.#guard(() => this.#prepare(sql).run(...values)).changes) }
  }

  *iterate<T = Row>(sql: string, ...values: Value[]): Generator<T, void> {
    try {
      // Not a cached statement: two readers must not step the same one concurrently.
      yield* this.#db.prepare(sql).iterate(...values) as IterableIterator<T>
    } catch (error) {
      this.#reportFailure(error)
      throw error
    }
  }

  /**
   * Runs `work` in one transaction, which is rolled back when it throws. A nested call is part of the outer transaction:
   * it commits only with that one, and is rolled back alone when it throws and the outer one catches. `work` must be
   * synchronous.
   */
  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return this.#nested(work)
    this.run('BEGIN IMMEDIATE')
    this.#depth = 1
    let result: T
    try {
      result = work()
      this.run('COMMIT')
    } catch (error) {
      this.#afterCommit = []
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    } finally {
      this.#depth = 0
    }
    const callbacks = this.#afterCommit
    this.#afterCommit = []
    for (const callback of callbacks) callback()
    return result
  }

  /** Savepoint names may repeat: a statement refers to the innermost one. */
  #nested<T>(work: () => T): T {
    const callbacksBefore = this.#afterCommit.length
    this.run('SAVEPOINT nested')
    this.#depth += 1
    try {
      return work()
    } catch (error) {
      this.#afterCommit.length = callbacksBefore
      // A full disk has already rolled back the whole transaction.
      if (this.#db.isTransaction) this.run('ROLLBACK TO nested')
      throw error
    } finally {
      this.#depth -= 1
      if (this.#db.isTransaction) this.run('RELEASE nested')
    }
  }

  /** Calls back once the current transaction is committed (immediately when there is none), for example to wake pollers. */
  afterCommit(callback: () => void): void {
    if (this.#depth > 0) this.#afterCommit.push(callback)
    else callback()
  }

  close(): void {
    this.#statements.clear()
    this.#db.close()
  }

  #guard<T>(access: () => T): T {
    try {
      return access()
    } catch (error) {
      this.#reportFailure(error)
      throw error
    }
  }

  #reportFailure(error: unknown): void {
    const failure = failures[((error as { errcode?: number }).errcode ?? 0) & 0xff]
    if (failure) this.#onFailure(failure)
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#db.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}
