import type { Clock } from '../clock.ts'
import type { CachePolicy, EdgeResponse } from './policies.ts'

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
    this.#add(key, { response: { ...response, body }, storedAtMs, expiresAtMs: storedAtMs + ttlSeconds * 1000 })
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

const cachedErrors = [404, 405, 414, 500, 501, 502, 503, 504]

/**
 * How long a response is cached; 0: not at all. Sources: "Manage how long content stays in the cache (expiration)" and "How
 * CloudFront processes HTTP 4xx and 5xx status codes from your origin", by which only `max-age` has an effect on errors, not
 * even `no-store`.
 * @param errorTtlSeconds the error caching minimum TTL of the status
 */
export function ttlSecondsOf({ status, headers }: EdgeResponse, policy: CachePolicy, errorTtlSeconds: number): number {
  const control = headers['cache-control'] ?? ''
  const stated = (/\bs-maxage=(\d+)/i.exec(control) ?? /\bmax-age=(\d+)/i.exec(control))?.[1]
  if (status >= 400) return cachedErrors.includes(status) ? Math.max(errorTtlSeconds, Number(stated ?? 0)) : 0
  const { minTtlSeconds, defaultTtlSeconds, maxTtlSeconds } = policy
  if (/\b(no-store|no-cache|private)\b/i.test(control)) return minTtlSeconds
  if (stated === undefined) return Math.max(minTtlSeconds, defaultTtlSeconds)
  return Math.min(Math.max(minTtlSeconds, Number(stated)), maxTtlSeconds)
}
