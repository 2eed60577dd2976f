import type { CorsRule } from './cors.ts'
import { noSuchBucket } from './s3-error.ts'

export interface ExpirationRule {
  readonly prefix: string
  readonly days: number
}

export interface Bucket {
  readonly name: string
  readonly arn: string
  /** Whether changes of objects are published to the default bus. */
  readonly sendsEvents: boolean
  readonly expirations: readonly ExpirationRule[]
  readonly cors: readonly CorsRule[]
  readonly createdMs: number
}

export const bucketArn = (name: string) => `arn:aws:s3:::${name}`

/** The buckets of the templates; they are declared at every start, and only their objects are persisted. */
export class Buckets {
  readonly #buckets = new Map<string, Bucket>()

  put(bucket: Bucket): void {
    this.#buckets.set(bucket.name, bucket)
  }

  has(name: string): boolean {
    return this.#buckets.has(name)
  }

  find(name: string): Bucket | undefined {
    return this.#buckets.get(name)
  }

  /** @throws AwsError NoSuchBucket */
  get(name: string): Bucket {
    const bucket = this.#buckets.get(name)
    if (!bucket) throw noSuchBucket()
    return bucket
  }

  /** Sorted by name. */
  list(): Bucket[] {
    return [...this.#buckets.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }
}
