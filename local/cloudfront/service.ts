import type { ResourceProvider } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { Principal } from '../iam/types.ts'
import { HttpEndpoints, isNamedBy, type HttpRequest } from '../wire/http.ts'
import type { WireRequest, WireResponse } from '../wire/service.ts'
import { escapeXml } from '../wire/xml.ts'
import type { Behavior, Distribution } from './distribution.ts'
import { EdgeCache, ttlSecondsOf } from './edge-cache.ts'
import { EdgeFunctionError } from './edge-function.ts'
import { fetchFromHttp, originRequest } from './origin.ts'
import { applyHeadersPolicy, type EdgeResponse } from './policies.ts'
import { cloudFrontProviders } from './resources.ts'

interface CloudFrontOptions {
  readonly clock: Clock
  /** Sends a path-style request to S3 as the principal. */
  readonly fetchFromS3: (request: WireRequest, principal: Principal) => Promise<WireResponse>
  /** The local URL of a domain of the templates other than a bucket's, without a trailing slash. */
  readonly originUrl: (domainName: string) => string | undefined
  /** Called with a message about a function that failed. */
  readonly warn: (text: string) => void
}

/** Larger than what the local origins accept, so that their own limits apply. */
const bodyLimitBytes = 20 * 1024 * 1024

/** Source: "Maximum length of a request and maximum length of a URL". */
const urlLimitBytes = 8192

/** CloudFront distributions, each on its own port of 127.0.0.1. */
export class CloudFrontService {
  readonly providers: ResourceProvider[]
  readonly #options: CloudFrontOptions
  readonly #cache: EdgeCache
  readonly #endpoints = new HttpEndpoints({ name: 'CloudFront', bodyLimitBytes, refuse: errorPage })

  constructor(options: CloudFrontOptions) {
    this.#options = options
    this.#cache = new EdgeCache(options.clock)
    const publish = (distribution: Distribution) =>
      this.#endpoints.open((request) => this.#serve(distribution, request))
    this.providers = cloudFrontProviders(publish, options.originUrl)
  }

  /** Opens the port of the first distribution. @param port 0 picks a free one. @returns the URL, `http://127.0.0.1:<port>` */
  listen(port: number): Promise<string> {
    return this.#endpoints.listen(port)
  }

  stop(): Promise<void> {
    return this.#endpoints.close()
  }

  async #serve(distribution: Distribution, request: HttpRequest): Promise<EdgeResponse> {
    const { headers, ...response } = await this.#respond(distribution, request)
    return { ...response, headers: { ...headers, via: '1.1 cloudfront.net (CloudFront)', 'x-amz-cf-id': request.id } }
  }

  async #respond(distribution: Distribution, request: HttpRequest): Promise<EdgeResponse> {
    if (!distribution.enabled) return errorPage(403, 'The distribution is disabled.')
    const behavior = distribution.behaviors.find(({ matches }) => matches(request.path))!
    const response = await this.#withFunction(distribution, behavior, request)
    return { ...response, headers: applyHeadersPolicy(response.headers, behavior.headersPolicy) }
  }

  async #withFunction(distribution: Distribution, behavior: Behavior, viewer: HttpRequest): Promise<EdgeResponse> {
    const refused = refusalOf(behavior, viewer)
    if (refused) return refused
    try {
      const result = behavior.viewerRequest?.run(distribution, viewer) ?? { request: viewer }
      return 'response' in result ? result.response : await this.#cached(distribution, behavior, result.request)
    } catch (error) {
      if (!(error instanceof EdgeFunctionError)) throw error
      this.#options.warn(error.message)
      return errorPage(503, 'The CloudFront function of the distribution is invalid or could not run.')
    }
  }

  async #cached(distribution: Distribution, behavior: Behavior, viewer: HttpRequest): Promise<EdgeResponse> {
    const { cachePolicy } = behavior
    const { id, defaultRootObject = '', errorTtlSeconds } = distribution
    const request = viewer.path === '/' ? { ...viewer, path: `/${defaultRootObject}` } : viewer
    const key = `${id} ${request.path}?${cachePolicy.withQuery ? request.rawQuery : ''}`
    const cached = ['GET', 'HEAD'].includes(request.method) ? this.#cache.find(key) : undefined
    if (cached) return forCondition(request, withCacheResult(cached, 'Hit'))
    const response = await this.#fetch(distribution, behavior, originRequest(behavior, request))
    // A response to HEAD has no body that could be served for GET.
    if (request.method === 'GET')
      this.#cache.put(key, response, ttlSecondsOf(response, cachePolicy, errorTtlSeconds.get(response.status) ?? 10))
    const result = withCacheResult(response, 'Miss')
    // Without caching, the origin has decided on the condition.
    return cachePolicy.maxTtlSeconds > 0 ? forCondition(request, result) : result
  }

  async #fetch({ arn }: Distribution, { origin }: Behavior, request: HttpRequest): Promise<EdgeResponse> {
    if (!origin) return errorPage(502, 'Only S3 buckets and HTTP APIs of the templates are emulated as origins.')
    if (origin.kind === 'http')
      return (await fetchFromHttp(origin, request)) ?? errorPage(502, 'CloudFront could not connect to the origin.')
    const principal: Principal = origin.signed
      ? { kind: 'service', service: 'cloudfront.amazonaws.com', sourceArn: arn }
      : { kind: 'anonymous' }
    // Without the query: a parameter such as `versionId` would select another operation.
    const toS3 = { ...request, path: `${origin.path}${request.path}`, query: new URLSearchParams() }
    return { headers: {}, ...(await this.#options.fetchFromS3(toS3, principal)) }
  }
}

/** Source: "Request and response behavior for custom origins" in the CloudFront developer guide; that for buckets is the same. */
function refusalOf({ allowedMethods }: Behavior, { method, headers, path, rawQuery, body }: HttpRequest) {
  if (!allowedMethods.includes(method))
    return errorPage(403, 'The distribution is not configured to allow the HTTP request method that was used.')
  // "If a viewer GET request includes a body, CloudFront returns an HTTP status code 403 (Forbidden) to the viewer."
  if (method === 'GET' && body.length > 0) return errorPage(403, 'A GET request must not have a body.')
  if (`https://${headers['host']}${path}${rawQuery && `?${rawQuery}`}`.length > urlLimitBytes)
    return errorPage(413, `The URL is longer than ${urlLimitBytes} bytes.`)
  return undefined
}

/** A response that CloudFront itself generates. */
function errorPage(status: number, message: string): EdgeResponse {
  const heading = `<title>ERROR: The request could not be satisfied</title>\n<h1>${status} ERROR</h1>`
  return {
    status,
    headers: { 'content-type': 'text/html', 'x-cache': 'Error from cloudfront' },
    body: `<!DOCTYPE html>\n${heading}\n<p>${escapeXml(message)}</p>\n`,
  }
}

const withCacheResult = (response: EdgeResponse, result: 'Hit' | 'Miss'): EdgeResponse => ({
  ...response,
  headers: { ...response.headers, 'x-cache': `${response.status < 400 ? result : 'Error'} from cloudfront` },
})

/** A viewer that has the object with this ETag already gets 304 (Not Modified) without a body. */
function forCondition({ headers }: HttpRequest, response: EdgeResponse): EdgeResponse {
  const { etag, 'content-length': _, 'content-type': __, ...others } = response.headers
  const tags = headers['if-none-match']
  if (response.status !== 200 || etag === undefined || tags === undefined || !isNamedBy(tags, etag)) return response
  return { status: 304, headers: { etag, ...others } }
}
