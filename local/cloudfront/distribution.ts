import type { HeadersPolicy } from './headers-policy.ts'

/** The origin of a distribution. */
export type Origin =
  | {
      readonly kind: 'bucket'
      readonly bucket: string
      /** Prefix of every request's path: empty, or starting with a slash and without one at the end. */
      readonly path: string
      /** Whether requests are signed by the distribution; unsigned ones are anonymous to the bucket policy. */
      readonly signed: boolean
    }
  /** Any other origin, which is reported at start. */
  | { readonly kind: 'not-emulated' }

export interface Distribution {
  readonly id: string
  readonly arn: string
  readonly domainName: string
  readonly enabled: boolean
  readonly allowedMethods: readonly string[]
  readonly origin: Origin
  readonly headersPolicy?: HeadersPolicy
}

/** `<bucket>.s3.amazonaws.com` and `<bucket>.s3.<region>.amazonaws.com`; undefined for another domain. */
export const bucketOf = (domainName: string): string | undefined =>
  /^(.+)\.s3(?:\.[a-z0-9-]+)?\.amazonaws\.com$/.exec(domainName)?.[1]
