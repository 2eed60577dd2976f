import { dayMs, type Cancel, type Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import type { BusEvent } from './event.ts'
import type { Archive, Registry } from './registry.ts'

const schema = `
CREATE TABLE IF NOT EXISTS events_archived (
  id INTEGER PRIMARY KEY, archive TEXT NOT NULL, time_ms INTEGER NOT NULL, event TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_archived_time ON events_archived (archive, time_ms, id)`

const sweepEveryMs = 3_600_000

/** Stores the events of buses that have archives. */
export class Archives {
  readonly #state: State
  readonly #clock: Clock
  readonly #registry: Registry
  #timer: Cancel | undefined

  constructor(options: { state: State; clock: Clock; registry: Registry }) {
    this.#state = options.state
    this.#clock = options.clock
    this.#registry = options.registry
    this.#state.define(schema)
  }

  start(): void {
    this.#sweep()
    this.#timer = this.#clock.schedule(sweepEveryMs, () => this.start())
  }

  stop(): void {
    this.#timer?.()
  }

  /** Stores an event in the archives of its bus, except a replayed event, which is already archived. */
  store(busName: string, event: BusEvent): void {
    if (event['replay-name'] !== undefined) return
    for (const archive of this.#registry.archives()) {
      if (archive.busName !== busName || archive.pattern?.matches(event) === false) continue
      this.#state.run(
        'INSERT INTO events_archived (archive, time_ms, event) VALUES (?, ?, ?)',
        archive.name,
        Date.parse(event.time),
        JSON.stringify(event),
      )
    }
  }

  /** The events from `fromMs` to before `toMs`, in order of their time. */
  between(archive: Archive, fromMs: number, toMs: number): BusEvent[] {
    this.#sweep()
    const rows = this.#state.all<{ event: string }>(
      'SELECT event FROM events_archived WHERE archive = ? AND time_ms >= ? AND time_ms < ? ORDER BY time_ms, id',
      archive.name,
      fromMs,
      toMs,
    )
    return rows.map((row) => JSON.parse(row.event) as BusEvent)
  }

  size(archive: Archive): { events: number; bytes: number } {
    return this.#state.get<{ events: number; bytes: number }>(
      'SELECT COUNT(*) AS events, COALESCE(SUM(LENGTH(event)), 0) AS bytes FROM events_archived WHERE archive = ?',
      archive.name,
    )!
  }

  #sweep(): void {
    for (const archive of this.#registry.archives()) {
      if (archive.retentionDays === 0) continue
      const oldestMs = this.#clock.now() - archive.retentionDays * dayMs
      this.#state.run('DELETE FROM events_archived WHERE archive = ? AND time_ms < ?', archive.name, oldestMs)
    }
  }
}
