import { dayMs, type Cancel, type Clock } from '../clock.ts'
import type { State } from '../state/state.ts'

const sweepEveryMs = 3_600_000

/** Lines of all functions are written together after this time, or before a read. A kill loses lines that are younger. */
const flushMs = 200

export interface LogEvent {
  /** Increases with every stored event. */
  readonly id: number
  readonly stream: string
  readonly timestamp_ms: number
  readonly ingested_ms: number
  readonly message: string
}

/** A position in the order of events: by time, then by arrival. */
export interface Position {
  readonly timestampMs: number
  readonly id: number
}

interface NewLine {
  readonly timestampMs: number
  readonly message: string
}

/** Lines of one append that are not written yet. */
interface Append {
  readonly group: string
  readonly stream: string
  readonly ingestedMs: number
  readonly lines: readonly NewLine[]
}

/** Groups and events in the state file. */
export class LogTable {
  readonly #state: State
  readonly #clock: Clock
  readonly #known = new Set<string>()
  #pending: Append[] = []
  #cancelFlush: Cancel | undefined
  #sweptMs = -Infinity

  constructor(options: { state: State; clock: Clock }) {
    this.#state = options.state
    this.#clock = options.clock
    this.#state.define(`
      CREATE TABLE IF NOT EXISTS log_groups (name TEXT PRIMARY KEY, retention_days INTEGER, created_ms INTEGER NOT NULL);
      CREATE TABLE IF NOT EXISTS log_events (
        id INTEGER PRIMARY KEY AUTOINCREMENT, group_name TEXT NOT NULL, stream TEXT NOT NULL,
        timestamp_ms INTEGER NOT NULL, ingested_ms INTEGER NOT NULL, message TEXT NOT NULL);
      CREATE INDEX IF NOT EXISTS log_events_by_time ON log_events (group_name, timestamp_ms, id);`)
  }

  /** Creates the group, or changes its retention; null keeps events forever. */
  putGroup(name: string, retentionDays: number | null): void {
    this.#state.run(
      `INSERT INTO log_groups VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET retention_days = excluded.retention_days`,
      name,
      retentionDays,
      this.#clock.now(),
    )
  }

  /** Groups are never deleted, so a group that was found once need not be read again. */
  hasGroup(name: string): boolean {
    if (!this.#known.has(name) && this.#state.get('SELECT 1 FROM log_groups WHERE name = ?', name))
      this.#known.add(name)
    return this.#known.has(name)
  }

  /** In alphabetical order. */
  groupNames(): string[] {
    return this.#state.all<{ name: string }>('SELECT name FROM log_groups ORDER BY name').map(({ name }) => name)
  }

  /** Adds lines to a stream; creates the group if needed. */
  append(group: string, stream: string, lines: readonly NewLine[]): void {
    if (lines.length === 0) return
    const ingestedMs = this.#clock.now()
    if (!this.hasGroup(group)) this.#state.run('INSERT INTO log_groups VALUES (?, NULL, ?)', group, ingestedMs)
    this.#pending.push({ group, stream, ingestedMs, lines })
    this.#cancelFlush ??= this.#clock.schedule(flushMs, () => this.flush())
  }

  /** Writes the lines that were added. */
  flush(): void {
    this.#cancelFlush?.()
    this.#cancelFlush = undefined
    const appends = this.#pending
    if (appends.length === 0) return
    this.#pending = []
    const rows = appends.flatMap(({ group, stream, ingestedMs, lines }) =>
      lines.map(({ timestampMs, message }) => [group, stream, timestampMs, ingestedMs, message]),
    )
    this.#state.run(
      `INSERT INTO log_events (group_name, stream, timestamp_ms, ingested_ms, message)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?)`,
      JSON.stringify(rows),
    )
    this.#sweep()
  }

  /** Events of a group after a position, in order. */
  eventsAfter(group: string, range: { after: Position; endMs: number; limit: number }): LogEvent[] {
    this.flush()
    return this.#state.all<LogEvent>(
      `SELECT id, stream, timestamp_ms, ingested_ms, message FROM log_events
       WHERE group_name = ? AND (timestamp_ms, id) > (?, ?) AND timestamp_ms < ? ORDER BY timestamp_ms, id LIMIT ?`,
      group,
      range.after.timestampMs,
      range.after.id,
      range.endMs,
      range.limit,
    )
  }

  /** The lines of all groups that contain one of the texts, oldest first; only the last `searched` lines are searched. */
  containing(texts: readonly string[], searched: number): { group: string; timestampMs: number; message: string }[] {
    this.flush()
    return this.#state.all(
      `SELECT group_name AS "group", timestamp_ms AS timestampMs, message FROM log_events
       WHERE id > (SELECT MAX(id) FROM log_events) - ? AND EXISTS (SELECT 1 FROM json_each(?) WHERE instr(message, value))
       ORDER BY timestamp_ms, id`,
      searched,
      JSON.stringify(texts),
    )
  }

  /** Deletes events older than the retention of their group, at most once an hour; writes call it, so no timer is needed. */
  #sweep(): void {
    const now = this.#clock.now()
    if (now - this.#sweptMs < sweepEveryMs) return
    this.#sweptMs = now
    const groups = this.#state.all<{ name: string; days: number }>(
      'SELECT name, retention_days AS days FROM log_groups WHERE retention_days IS NOT NULL',
    )
    for (const { name, days } of groups)
      this.#state.run('DELETE FROM log_events WHERE group_name = ? AND timestamp_ms < ?', name, now - days * dayMs)
  }
}
