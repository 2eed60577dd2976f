import type { AccessRequest } from '../iam/types.ts'
import { AwsError } from '../wire/aws-error.ts'

/** One rule of a bucket's `CorsConfiguration`, as the template declares it. */
export interface CorsRule {
  readonly AllowedOrigins: readonly string[]
  readonly AllowedMethods: readonly string[]
  readonly AllowedHeaders?: readonly string[]
  readonly ExposedHeaders?: readonly string[]
  readonly MaxAge?: number
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

/** The buckets of the templates by name; they are declared at every start, and only their objects are persisted. */
export class Buckets extends Map<string, Bucket> {
  /** @throws AwsError NoSuchBucket */
  require(name: string): Bucket {
    const bucket = this.get(name)
    if (!bucket) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', { statusCode: 404 })
    return bucket
  }
}
