import type { RecordedEvent } from './domain/recorded-event.ts'

/** How long an event can be read. */
export const keptDays = 7

/** The position in the log of the event that is read next. */
export interface LogCursor {
  readonly position: number
  /** Of the event in the batch at that position. */
  readonly index: number
}

export interface LogPage {
  readonly items: RecordedEvent[]
  /** Continues with the events that were recorded after those of the page, whenever that happens. */
  readonly next: LogCursor
}

/**
 * The events of the last days in the order in which they were recorded. A reader who continues at a cursor misses none:
 * what is recorded later has a higher position, whichever writer records it.
 */
export interface EventLog {
  /**
   * Records events at the end of the log. An event that is delivered again is recorded again; a page has it once.
   * @throws Error while other writers are faster in all attempts
   */
  append(events: readonly RecordedEvent[], now: Date): Promise<void>
  /** The latest events, newest first. */
  latest(limit: number, now: Date): Promise<LogPage>
  /** The events from a cursor on, oldest first. */
  after(cursor: LogCursor, limit: number, now: Date): Promise<LogPage>
}

/** Messages are counted approximately, as SQS does. */
export interface QueueDepth {
  readonly name: string
  readonly isDeadLetterQueue: boolean
  /** Messages to be received. */
  readonly waiting: number
  /** Messages that a consumer is handling. */
  readonly inFlight: number
  readonly delayed: number
}

export interface AlarmStatus {
  readonly name: string
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'
  /** What is wrong when it is raised, and the page of its runbook. */
  readonly description: string
  /** When it entered its state. */
  readonly since: string
}

/** The queues and alarms of the stage, by name. */
export interface Operations {
  queues(): Promise<QueueDepth[]>
  alarms(): Promise<AlarmStatus[]>
}
