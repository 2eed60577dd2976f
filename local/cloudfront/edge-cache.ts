import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Clock } from '../clock.ts'
import type { EdgeResponse, ViewerRequest } from './distribution.ts'

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
    this.#remove(key, entry)
    const nowMs = this.#clock.now()
    if (nowMs >= entry.expiresAtMs) return undefined
    this.#add(key, entry)
    const { response, storedAtMs } = entry
    return { ...response, headers: { ...response.headers, age: String(Math.floor((nowMs - storedAtMs) / 1000)) } }
  }

  /** @returns the response, whose body is read if it was stored */
  async put(key: string, response: EdgeResponse, ttlSeconds: number): Promise<EdgeResponse> {
    const { body = '', headers } = response
    if (ttlSeconds <= 0 || (body instanceof Readable && !(Number(headers['content-length']) <= entryLimitBytes)))
      return response
    const bytes = body instanceof Readable ? await buffer(body) : Buffer.from(body)
    const stored = { ...response, headers: { ...headers, 'content-length': String(bytes.length) }, body: bytes }
    if (bytes.length > entryLimitBytes) return stored
    const previous = this.#entries.get(key)
    if (previous) this.#remove(key, previous)
    const storedAtMs = this.#clock.now()
    this.#add(key, { response: stored, storedAtMs, expiresAtMs: storedAtMs + ttlSeconds * 1000 })
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= totalLimitBytes) break
      this.#remove(oldest, entry)
    }
    return stored
  }

  #add(key: string, entry: Entry): void {
    this.#entries.set(key, entry)
    this.#bytes += entry.response.body.length
  }

  #remove(key: string, entry: Entry): void {
    this.#entries.delete(key)
    this.#bytes -= entry.response.body.length
  }
}

const conditions = ['if-match', 'if-modified-since', 'if-none-match', 'if-unmodified-since']

/** The origin is asked for the whole object, so that it can be cached. */
export const withoutConditions = (request: ViewerRequest): ViewerRequest => ({
  ...request,
  headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => !conditions.includes(name))),
})

/** Evaluates the conditions of a read for a response that CloudFront has: 304 if the viewer has it, too. */
export function conditional(request: ViewerRequest, response: EdgeResponse): EdgeResponse {
  const { 'if-none-match': tags, 'if-modified-since': since } = request.headers
  const { etag, 'last-modified': modified } = response.headers
  if (response.status !== 200) return response
  const isKnown =
    tags === undefined
      ? Date.parse(modified ?? '') <= Date.parse(since ?? '')
      : tags.split(',').some((tag) => ['*', weak(etag)].includes(weak(tag)))
  if (!isKnown) return response
  const { 'content-length': _, 'content-type': __, ...headers } = response.headers
  return { ...response, status: 304, headers, body: '' }
}

const weak = (tag: string | undefined) => tag?.trim().replace(/^W\//, '')
