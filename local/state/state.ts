import { DatabaseSync, type StatementSync } from 'node:sqlite'

/** Why the state file takes no more writes. */
export type StateFailure = 'full' | 'damaged' | 'unreadable'

/** SQLite's primary result codes, the low byte of `errcode`. */
const failures: Readonly<Record<number, StateFailure>> = { 10: 'unreadable', 11: 'damaged', 13: 'full', 26: 'damaged' }

type Value = null | number | bigint | string | Uint8Array
export type Row = Record<string, Value>

/**
 * Everything the local system must not forget, in one SQLite file: table items, stream records, queue
 * messages, pending deliveries, users, mails. One file means that a hand-over between two services
 * (a bus event becoming a queue message) is one transaction and survives the death of the process whole.
 *
 * All access is synchronous: between `BEGIN` and `COMMIT` nothing else of this process runs, which gives
 * every service serialisable transactions without locks.
 */
export class State {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  #depth = 0
  #afterCommit: (() => void)[] = []
  readonly #onFailure: (failure: StateFailure) => void

  /**
   * @param location a file path, or `:memory:`
   * @param onFailure learns that the disk is full or the file is damaged, before the caller gets SQLite's error.
   *   What was committed stays; nothing that is not committed is half there.
   */
  constructor(location: string, onFailure: (failure: StateFailure) => void = () => {}) {
    this.#onFailure = onFailure
    this.#db = new DatabaseSync(location)
    // WAL with NORMAL survives kill -9 of the process; only a power cut may lose the last commits.
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON')
  }

  /** Runs schema statements; they must be safe to repeat (`CREATE TABLE IF NOT EXISTS …`). */
  define(schema: string): void {
    this.#db.exec(schema)
  }

  all<T = Row>(sql: string, ...values: Value[]): T[] {
    return this.#guard(() => this.#prepare(sql).all(...values) as T[])
  }

  get<T = Row>(sql: string, ...values: Value[]): T | undefined {
    return this.#guard(() => this.#prepare(sql).get(...values) as T | undefined)
  }

  /** @returns how many rows changed, and the last inserted rowid */
  run(sql: string, ...values: Value[]): { changes: number; lastInsertRowid: number } {
    const result = this.#guard(() => this.#prepare(sql).run(...values))
    return { changes: Number(result.changes), lastInsertRowid: Number(result.lastInsertRowid) }
  }

  *iterate<T = Row>(sql: string, ...values: Value[]): Generator<T, void> {
    try {
      // A statement of its own: a cached one must not be stepped by two readers at once.
      yield* this.#db.prepare(sql).iterate(...values) as IterableIterator<T>
    } catch (error) {
      this.#tell(error)
      throw error
    }
  }

  /**
   * Runs `work` in one transaction: all of it is kept or, when it throws, none. A nested call is a part of the outer
   * one: it is kept only with that, and what it threw undoes it alone if the outer one catches. `work` must be synchronous.
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

  /** The names of savepoints may repeat: the innermost of a name is meant. */
  #nested<T>(work: () => T): T {
    const callbacksBefore = this.#afterCommit.length
    this.run('SAVEPOINT nested')
    this.#depth += 1
    try {
      return work()
    } catch (error) {
      this.#afterCommit.length = callbacksBefore
      // A full disk has undone the whole transaction already.
      if (this.#db.isTransaction) this.run('ROLLBACK TO nested')
      throw error
    } finally {
      this.#depth -= 1
      if (this.#db.isTransaction) this.run('RELEASE nested')
    }
  }

  /** Calls back once the current transaction is kept (at once when there is none): the place to wake whoever polls. */
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
      this.#tell(error)
      throw error
    }
  }

  #tell(error: unknown): void {
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
