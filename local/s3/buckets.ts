import type { AccessRequest } from '../iam/types.ts'
import { AwsError } from '../wire/aws-error.ts'

/** One rule of a bucket's `CorsConfiguration`. */
export interface CorsRule {
  readonly origins: readonly string[]
  readonly methods: readonly string[]
  readonly headers: readonly string[]
  readonly exposed: readonly string[]
  readonly maxAgeSeconds?: number
}

export interface Bucket {
  readonly name: string
  /** Whether changes of objects are published to the default bus. */
  readonly sendsEvents: boolean
  readonly expirations: readonly { readonly prefix: string; readonly days: number }[]
  readonly cors: readonly CorsRule[]
}

export const bucketArn = (name: string) => `arn:aws:s3:::${name}`

/** The access that an operation on an object needs. */
export const onObject = (action: string, { bucket, key }: { bucket: string; key: string }): AccessRequest => ({
  action: `s3:${action}`,
  resource: `${bucketArn(bucket)}/${key}`,
})

/** The buckets of the templates; they are declared at every start, and only their objects are persisted. */
export class Buckets {
  readonly #buckets = new Map<string, Bucket>()

  put(bucket: Bucket): void {
    this.#buckets.set(bucket.name, bucket)
  }

  find(name: string): Bucket | undefined {
    return this.#buckets.get(name)
  }

  /** @throws AwsError NoSuchBucket */
  get(name: string): Bucket {
    const bucket = this.#buckets.get(name)
    if (!bucket) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', { statusCode: 404 })
    return bucket
  }

  /** Sorted by name. */
  list(): Bucket[] {
    return [...this.#buckets.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }
}
