import type { ResourceProvider } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { Principal } from '../iam/types.ts'
import type { WireRequest, WireResponse } from '../wire/service.ts'
import { errorPage, type Behavior, type Distribution, type EdgeResponse, type ViewerRequest } from './distribution.ts'
import { cacheKey } from './cache-policy.ts'
import { conditional, EdgeCache, withoutConditions } from './edge-cache.ts'
import { ttlSecondsOf } from './freshness.ts'
import { EdgeFunctionError } from './edge-function.ts'
import { viewerRequestEvent, viewerRequestResult, viewerResponseEvent, viewerResponseResult } from './function-event.ts'
import { applyHeadersPolicy } from './headers-policy.ts'
import { fetchFromHttp, originRequest } from './origin-request.ts'
import { matchesPath } from './path-pattern.ts'
import { cloudFrontProviders } from './resources.ts'
import { EdgeServer } from './server.ts'

/** Sends a path-style request to S3 as the principal. */
type FetchFromS3 = (request: WireRequest, principal: Principal) => Promise<WireResponse>

interface CloudFrontOptions {
  readonly clock: Clock
  readonly fetchFromS3: FetchFromS3
  /** The local URL of a domain of the templates other than a bucket's, without a trailing slash. */
  readonly originUrl: (domainName: string) => string | undefined
  /** Called with a message about a function that failed. */
  readonly warn: (text: string) => void
}

/** CloudFront distributions, each on its own port of 127.0.0.1. */
export class CloudFrontService {
  readonly providers: ResourceProvider[]
  readonly #fetchFromS3: FetchFromS3
  readonly #clock: Clock
  readonly #cache: EdgeCache
  readonly #warn: (text: string) => void
  readonly #servers: EdgeServer[] = []
  /** The server of `listen`, for the first distribution that is declared. */
  #reserved: { url: string; serve: (distribution: Distribution) => void } | undefined

  constructor({ clock, fetchFromS3, originUrl, warn }: CloudFrontOptions) {
    this.#clock = clock
    this.#cache = new EdgeCache(clock)
    this.#warn = warn
    this.#fetchFromS3 = fetchFromS3
    this.providers = cloudFrontProviders((distribution) => this.#publish(distribution), originUrl)
  }

  /**
   * Opens the port of the first distribution before the template is read, so that a port in use is reported with the others.
   * @param port 0 picks a free one. @returns the URL, `http://127.0.0.1:<port>`
   */
  async listen(port: number): Promise<string> {
    this.#reserved = await this.#open(port)
    return this.#reserved.url
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()))
  }

  async #publish(distribution: Distribution): Promise<string> {
    const { url, serve } = this.#reserved ?? (await this.#open(0))
    this.#reserved = undefined
    serve(distribution)
    return url
  }

  async #open(port: number): Promise<{ url: string; serve: (distribution: Distribution) => void }> {
    let served: Distribution | undefined
    const server = new EdgeServer(async (request) =>
      served ? this.#serve(served, request) : errorPage(503, 'The distribution is not deployed yet.'),
    )
    this.#servers.push(server)
    return { url: await server.listen(port), serve: (distribution) => (served = distribution) }
  }

  async #serve(distribution: Distribution, request: ViewerRequest): Promise<EdgeResponse> {
    if (!distribution.enabled) return errorPage(403, 'The distribution is disabled.')
    const behavior = distribution.behaviors.find(({ pathPattern }) => matchesPath(pathPattern, request.path))!
    const response = await this.#withFunctions(distribution, behavior, request)
    return { ...response, headers: applyHeadersPolicy(response.headers, behavior.headersPolicy) }
  }

  async #withFunctions(distribution: Distribution, behavior: Behavior, viewer: ViewerRequest): Promise<EdgeResponse> {
    if (!behavior.allowedMethods.includes(viewer.method)) {
      return errorPage(403, 'The distribution is not configured to allow the HTTP request method that was used.')
    }
    const { viewerRequest, viewerResponse } = behavior
    try {
      const result = viewerRequest?.run(viewerRequestEvent(distribution, viewer))
      const changed = viewerRequest ? viewerRequestResult(result, viewer) : { request: viewer }
      if ('response' in changed) return changed.response
      const response = await this.#respond(distribution, behavior, withRootObject(changed.request, distribution))
      // "CloudFront doesn't invoke edge functions for viewer response events when the origin returns HTTP status code 400 or
      // higher" ("Restrictions on all edge functions").
      if (!viewerResponse || response.status >= 400) return response
      return viewerResponseResult(viewerResponse.run(viewerResponseEvent(distribution, viewer, response)), response)
    } catch (error) {
      if (!(error instanceof EdgeFunctionError)) throw error
      this.#warn(error.message)
      return functionFailed
    }
  }

  async #respond(distribution: Distribution, behavior: Behavior, request: ViewerRequest): Promise<EdgeResponse> {
    const { method, headers } = request
    const isCacheable = ['GET', 'HEAD'].includes(method) && headers['range'] === undefined
    if (!isCacheable) return fromOrigin(await this.#fetch(distribution, behavior, originRequest(behavior, request)))
    const { cachePolicy } = behavior
    const key = `${distribution.id} ${cacheKey(cachePolicy, request)}`
    const cached = this.#cache.find(key)
    if (cached) return conditional(request, withCacheResult(cached, 'Hit'))
    // Without caching, the origin evaluates the conditions.
    if (cachePolicy.maxTtlSeconds === 0)
      return fromOrigin(await this.#fetchAndStore(distribution, behavior, request, key))
    return conditional(
      request,
      fromOrigin(await this.#fetchAndStore(distribution, behavior, withoutConditions(request), key)),
    )
  }

  async #fetchAndStore(
    distribution: Distribution,
    behavior: Behavior,
    request: ViewerRequest,
    key: string,
  ): Promise<EdgeResponse> {
    const response = await this.#fetch(distribution, behavior, originRequest(behavior, request))
    const errorTtlSeconds = distribution.errorTtlSeconds.get(response.status)
    // A response to HEAD has no body that could be served for GET.
    const ttlSeconds =
      request.method === 'GET' ? ttlSecondsOf(response, behavior.cachePolicy, errorTtlSeconds, this.#clock.now()) : 0
    return this.#cache.put(key, response, ttlSeconds)
  }

  async #fetch({ arn }: Distribution, { origin }: Behavior, request: ViewerRequest): Promise<EdgeResponse> {
    switch (origin.kind) {
      case 'bucket': {
        const principal: Principal = origin.signed
          ? { kind: 'service', service: 'cloudfront.amazonaws.com', sourceArn: arn }
          : { kind: 'anonymous' }
        const path = `/${origin.bucket}${origin.path}${request.path}`
        const { headers = {}, ...response } = await this.#fetchFromS3(toS3(request, path), principal)
        return { ...response, headers }
      }
      case 'http':
        return (await fetchFromHttp(origin, request)) ?? errorPage(502, 'CloudFront could not connect to the origin.')
      case 'not-emulated':
        return errorPage(502, 'Only S3 buckets and HTTP APIs of the templates are emulated as origins.')
      default:
        return origin satisfies never
    }
  }
}

const functionFailed = errorPage(
  503,
  'The CloudFront function associated with the CloudFront distribution is invalid or could not run.',
)

const withRootObject = (request: ViewerRequest, { defaultRootObject }: Distribution): ViewerRequest =>
  request.path === '/' && defaultRootObject !== undefined ? { ...request, path: `/${defaultRootObject}` } : request

/** Without the query: a parameter such as `versionId` would select another operation. */
const toS3 = ({ method, headers, body }: ViewerRequest, path: string): WireRequest => ({
  method,
  path,
  query: new URLSearchParams(),
  headers,
  body,
})

const withCacheResult = (response: EdgeResponse, result: 'Hit' | 'Miss'): EdgeResponse => ({
  ...response,
  headers: { ...response.headers, 'x-cache': `${response.status < 400 ? result : 'Error'} from cloudfront` },
})

const fromOrigin = (response: EdgeResponse) => withCacheResult(response, 'Miss')
