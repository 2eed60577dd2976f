import type { Clock } from '../clock.ts'
import type { EdgeResponse } from './messages.ts'

interface Entry {
  readonly response: EdgeResponse & { readonly body: Buffer }
  readonly storedAtMs: number
  readonly expiresAtMs: number
}

const totalLimitBytes = 64 * 1024 * 1024
const entryLimitBytes = 8 * 1024 * 1024

/** The responses that all distributions cached, in memory; the least recently used ones are removed first. */
export class EdgeCache {
  readonly #clock: Clock
  readonly #entries = new Map<string, Entry>()
  #bytes = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @returns the response with its `age`, or undefined when none is cached or it has expired */
  find(key: string): EdgeResponse | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    this.#remove(key)
    const nowMs = this.#clock.now()
    if (nowMs >= entry.expiresAtMs) return undefined
    this.#add(key, entry)
    const { response, storedAtMs } = entry
    return { ...response, headers: { ...response.headers, age: String(Math.floor((nowMs - storedAtMs) / 1000)) } }
  }

  put(key: string, response: EdgeResponse, ttlSeconds: number): void {
    const body = Buffer.from(response.body ?? '')
    if (ttlSeconds <= 0 || body.length > entryLimitBytes) return
    this.#remove(key)
    const storedAtMs = this.#clock.now()
    const headers = { ...response.headers, 'content-length': String(body.length) }
    const expiresAtMs = storedAtMs + ttlSeconds * 1000
    this.#add(key, { response: { ...response, headers, body }, storedAtMs, expiresAtMs })
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= totalLimitBytes) break
      this.#remove(oldest)
    }
  }

  #add(key: string, entry: Entry): void {
    this.#entries.set(key, entry)
    this.#bytes += entry.response.body.length
  }

  #remove(key: string): void {
    this.#bytes -= this.#entries.get(key)?.response.body.length ?? 0
    this.#entries.delete(key)
  }
}
