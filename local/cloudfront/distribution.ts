import type { Readable } from 'node:stream'
import type { CachePolicy } from './cache-policy.ts'
import type { EdgeFunction } from './edge-function.ts'
import type { HeadersPolicy } from './headers-policy.ts'

/** The origin of a behavior. */
export type Origin =
  | {
      readonly kind: 'bucket'
      readonly bucket: string
      /** Prefix of every request's path: empty, or starting with a slash and without one at the end. */
      readonly path: string
      /** Whether requests are signed by the distribution; unsigned ones are anonymous to the bucket policy. */
      readonly signed: boolean
    }
  | {
      readonly kind: 'http'
      /** Local URL without a trailing slash; the path of a request follows it. */
      readonly url: string
      /** Added to every request, in the place of the viewer's of the same name; names in lower case. */
      readonly headers: Readonly<Record<string, string>>
    }
  /** Any other origin, which is reported at start. */
  | { readonly kind: 'not-emulated' }

export interface Behavior {
  readonly pathPattern: string
  readonly allowedMethods: readonly string[]
  readonly origin: Origin
  readonly cachePolicy: CachePolicy
  /** Whether the origin gets all headers except `Host`, all cookies and all queries, also those outside of the cache key. */
  readonly forwardsViewer: boolean
  readonly headersPolicy?: HeadersPolicy
  readonly viewerRequest?: EdgeFunction
  readonly viewerResponse?: EdgeFunction
}

export interface Distribution {
  readonly id: string
  readonly arn: string
  readonly domainName: string
  readonly enabled: boolean
  /** Served for the path `/`; without a slash at the beginning. */
  readonly defaultRootObject?: string
  /** The first whose pattern matches serves a request; the last one is the default behavior. */
  readonly behaviors: readonly Behavior[]
  /** The error caching minimum TTL by status; 10 seconds for any other status. */
  readonly errorTtlSeconds: ReadonlyMap<number, number>
}

/** A request of a viewer. */
export interface ViewerRequest {
  readonly id: string
  readonly method: string
  /** Still percent-encoded, without the query. */
  readonly path: string
  /** Without the question mark, still percent-encoded. */
  readonly rawQuery: string
  /** Names in lower case, `cookie` included. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly ip: string
}

export interface EdgeResponse {
  readonly status: number
  /** Names in lower case, without `set-cookie`. */
  readonly headers: Readonly<Record<string, string>>
  readonly cookies?: readonly string[]
  /** A stream's length is in the header `content-length`. */
  readonly body?: string | Buffer | Readable
}

/** `<bucket>.s3.amazonaws.com` and `<bucket>.s3.<region>.amazonaws.com`; undefined for another domain. */
export const bucketOf = (domainName: string): string | undefined =>
  /^(.+)\.s3(?:\.[a-z0-9-]+)?\.amazonaws\.com$/.exec(domainName)?.[1]

/** A response that CloudFront itself generates. */
export const errorPage = (status: number, message: string): EdgeResponse => ({
  status,
  headers: { 'content-type': 'text/html', 'x-cache': 'Error from cloudfront' },
  body: `<!DOCTYPE html>\n<title>ERROR: The request could not be satisfied</title>\n<h1>${status} ERROR</h1>\n<p>${message}</p>\n`,
})
