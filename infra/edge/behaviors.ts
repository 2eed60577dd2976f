import { join } from 'node:path'
import { Duration } from 'aws-cdk-lib'
import {
  AllowedMethods,
  CacheCookieBehavior,
  CacheHeaderBehavior,
  CachePolicy,
  CacheQueryStringBehavior,
  Function,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  OriginRequestPolicy,
  ViewerProtocolPolicy,
  type BehaviorOptions,
  type IOrigin,
} from 'aws-cdk-lib/aws-cloudfront'
import type { StageStack } from '../constructs/stage-stack.ts'
import { globalName } from './global-name.ts'
import { apiHeaders, catalogHeaders, imageHeaders, pageHeaders, type PageHosts } from './headers.ts'

/** Files of the web; every address without a file extension returns an entry page. */
export function pagesBehavior(scope: StageStack, origin: IOrigin, hosts: PageHosts): BehaviorOptions {
  const name = globalName(scope.stage, 'entry-page')
  const entryPage = new Function(scope, 'entry-page', {
    functionName: name,
    comment: `Entry pages of ${scope.stage.prefix}`,
    code: FunctionCode.fromFile({ filePath: join(import.meta.dirname, 'entry-page.js') }),
    runtime: FunctionRuntime.JS_2_0,
  })
  return {
    origin,
    allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
    cachePolicy: asOriginAllows(scope, 'pages', { longest: Duration.days(365), compressed: true }),
    viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    responseHeadersPolicy: pageHeaders(scope, hosts),
    functionAssociations: [{ function: entryPage, eventType: FunctionEventType.VIEWER_REQUEST }],
  }
}

/** The API: forwarded unchanged and never cached. */
export const apiBehavior = (scope: StageStack, origin: IOrigin): BehaviorOptions => ({
  origin,
  allowedMethods: AllowedMethods.ALLOW_ALL,
  cachePolicy: CachePolicy.CACHING_DISABLED,
  // Except the host: API Gateway finds an API by its own domain.
  originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
  // A request over HTTP is refused instead of redirected: it has already sent its token.
  viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
  responseHeadersPolicy: apiHeaders(scope),
})

/** How the paths of the public catalog begin, in the API. */
export const catalogPath = '/products'

/**
 * The public catalog: a response is cached for the seconds of its `Cache-Control: public, max-age`, by path and query.
 * The API is sent nothing else of the request, so that no response depends on the first caller. Not compressed:
 * CloudFront would make an ETag weak, and a weak one does not match in If-Match.
 */
export const catalogBehavior = (scope: StageStack, origin: IOrigin): BehaviorOptions => ({
  origin,
  allowedMethods: AllowedMethods.ALLOW_ALL,
  cachePolicy: asOriginAllows(scope, 'catalog', { longest: Duration.minutes(5), compressed: false }),
  compress: false,
  viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
  responseHeadersPolicy: catalogHeaders(scope),
})

/** Object names contain a hash of the content, so caches may store them forever and ignore queries. */
export const imagesBehavior = (scope: StageStack, origin: IOrigin): BehaviorOptions => ({
  origin,
  allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
  cachePolicy: CachePolicy.CACHING_OPTIMIZED,
  // Images are compressed already.
  compress: false,
  viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
  responseHeadersPolicy: imageHeaders(scope),
})

/**
 * Caches only what the origin marks with `Cache-Control`, for as long as that allows. The managed policies have a minimum
 * above 0 ("CloudFront caches objects for at least the minimum TTL even if Cache-Control: no-cache, no-store or private is
 * present", Manage how long content stays in the cache), or forward cookies.
 */
const asOriginAllows = (
  scope: StageStack,
  name: string,
  { longest, compressed }: { longest: Duration; compressed: boolean },
): CachePolicy =>
  new CachePolicy(scope, `${name}-cache`, {
    cachePolicyName: globalName(scope.stage, name),
    minTtl: Duration.seconds(0),
    defaultTtl: Duration.seconds(0),
    maxTtl: longest,
    queryStringBehavior: compressed ? CacheQueryStringBehavior.none() : CacheQueryStringBehavior.all(),
    headerBehavior: CacheHeaderBehavior.none(),
    cookieBehavior: CacheCookieBehavior.none(),
    enableAcceptEncodingGzip: compressed,
    enableAcceptEncodingBrotli: compressed,
  })
