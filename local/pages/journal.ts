import type { BusEvent } from '../events/event.ts'
import type { LocalLine } from '../system/line.ts'

const keptLines = 2000
const keptEvents = 500

export interface PublishedEvent {
  readonly atMs: number
  readonly busName: string
  readonly event: BusEvent
}

/** The last lines of the terminal and the last events of all buses, in memory only, oldest first. */
export class Journal {
  readonly #lines: LocalLine[] = []
  readonly #events: PublishedEvent[] = []

  addLine(line: LocalLine): void {
    if (this.#lines.push(line) > keptLines) this.#lines.shift()
  }

  addEvent(event: PublishedEvent): void {
    if (this.#events.push(event) > keptEvents) this.#events.shift()
  }

  get lines(): readonly LocalLine[] {
    return this.#lines
  }

  get events(): readonly PublishedEvent[] {
    return this.#events
  }
}
