import { randomUUID } from 'node:crypto'
import { dayMs, type Cancel, type Clock } from '../clock.ts'
import type { Buckets } from './buckets.ts'
import type { ObjectStore } from './object-store.ts'
import type { Objects } from './objects.ts'

const sweepEveryMs = 3_600_000

/** Deletes expired objects in an hourly sweep; like in S3, they expire at midnight UTC. */
export class Lifecycle {
  readonly #clock: Clock
  readonly #buckets: Buckets
  readonly #store: ObjectStore
  readonly #objects: Objects
  #timer: Cancel | undefined

  constructor(options: { clock: Clock; buckets: Buckets; store: ObjectStore; objects: Objects }) {
    this.#clock = options.clock
    this.#buckets = options.buckets
    this.#store = options.store
    this.#objects = options.objects
  }

  start(): void {
    this.#sweep()
    this.#timer = this.#clock.schedule(sweepEveryMs, () => this.start())
  }

  stop(): void {
    this.#timer?.()
  }

  #sweep(): void {
    for (const bucket of this.#buckets.list()) {
      for (const rule of bucket.expirations) {
        const expired = [...this.#store.from(bucket.name, rule.prefix, '')].filter((object) =>
          this.#isExpired(object.modifiedMs, rule.days),
        )
        for (const object of expired) {
          this.#objects.delete(bucket.name, object.key, { reason: 'Lifecycle Expiration', requestId: randomUUID() })
        }
      }
    }
  }

  #isExpired(sinceMs: number, days: number): boolean {
    return Math.ceil((sinceMs + days * dayMs) / dayMs) * dayMs <= this.#clock.now()
  }
}
