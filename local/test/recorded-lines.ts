import { EventEmitter, once } from 'node:events'
import type { LocalLine } from '../system/line.ts'

/** Records the lines of a local system, for a test to wait for what they report. */
export class RecordedLines {
  all: LocalLine[] = []
  readonly #events = new EventEmitter()

  readonly record = (line: LocalLine): void => {
    this.all.push(line)
    this.#events.emit('line')
  }

  /** The names of the functions that have run, in the order of their first invocation. */
  functions(): string[] {
    return [...new Set(this.all.flatMap((line) => (line.kind === 'invocation' ? line.functionName : [])))]
  }

  /** Waits for a truthy result of `read`, which it calls now and after every further line. */
  async until<T>(read: () => T | Promise<T>): Promise<NonNullable<T>> {
    for (;;) {
      const next = once(this.#events, 'line')
      const found = await read()
      if (found) return found
      await next
    }
  }
}
