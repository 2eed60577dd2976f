import type { HeadersPolicy } from './headers-policy.ts'

/** Where a distribution gets what it serves. */
export type Origin =
  | {
      readonly kind: 'bucket'
      readonly bucket: string
      /** Stands before the path of every request: empty, or from a slash on and without one at its end. */
      readonly path: string
      /** Whether requests are signed as the distribution's; the bucket's policy decides on others as on anybody's. */
      readonly signed: boolean
    }
  /** Anything else, which is told at start. */
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
