import type { ResourceProvider } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { Principal } from '../iam/types.ts'
import type { WireRequest, WireResponse } from '../wire/service.ts'
import { cacheKey, ttlSecondsOf } from './cache-policy.ts'
import type { Behavior, Distribution } from './distribution.ts'
import { EdgeCache } from './edge-cache.ts'
import { EdgeFunctionError } from './edge-function.ts'
import { viewerRequestEvent, viewerRequestResult } from './function-event.ts'
import { applyHeadersPolicy } from './headers-policy.ts'
import { fetchFromHttp, originRequest } from './origin.ts'
import { errorPage, type EdgeResponse, type ViewerRequest } from './messages.ts'
import { cloudFrontProviders } from './resources.ts'
import { startEdgeServer, type EdgeServer } from './server.ts'

interface CloudFrontOptions {
  readonly clock: Clock
  /** Sends a path-style request to S3 as the principal. */
  readonly fetchFromS3: (request: WireRequest, principal: Principal) => Promise<WireResponse>
  /** The local URL of a domain of the templates other than a bucket's, without a trailing slash. */
  readonly originUrl: (domainName: string) => string | undefined
  /** Called with a message about a function that failed. */
  readonly warn: (text: string) => void
}

/** CloudFront distributions, each on its own port of 127.0.0.1. */
export class CloudFrontService {
  readonly providers: ResourceProvider[]
  readonly #options: CloudFrontOptions
  readonly #cache: EdgeCache
  readonly #servers: EdgeServer[] = []
  /** The server of `listen`, for the first distribution that is declared. */
  #reserved: { url: string; serve: (distribution: Distribution) => void } | undefined

  constructor(options: CloudFrontOptions) {
    this.#options = options
    this.#cache = new EdgeCache(options.clock)
    this.providers = cloudFrontProviders((distribution) => this.#publish(distribution), options.originUrl)
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
    const server = await startEdgeServer(port, async (request) =>
      served ? this.#serve(served, request) : errorPage(503, 'The distribution is not deployed yet.'),
    )
    this.#servers.push(server)
    return { url: server.url, serve: (distribution) => (served = distribution) }
  }

  async #serve(distribution: Distribution, request: ViewerRequest): Promise<EdgeResponse> {
    if (!distribution.enabled) return errorPage(403, 'The distribution is disabled.')
    const behavior = distribution.behaviors.find(({ matches }) => matches(request.path))!
    const response = await this.#withFunction(distribution, behavior, request)
    return { ...response, headers: applyHeadersPolicy(response.headers, behavior.headersPolicy) }
  }

  async #withFunction(distribution: Distribution, behavior: Behavior, viewer: ViewerRequest): Promise<EdgeResponse> {
    const { allowedMethods, viewerRequest } = behavior
    if (!allowedMethods.includes(viewer.method))
      return errorPage(403, 'The distribution is not configured to allow the HTTP request method that was used.')
    if (!viewerRequest) return this.#respond(distribution, behavior, viewer)
    try {
      const result = viewerRequestResult(viewerRequest.run(viewerRequestEvent(distribution, viewer)), viewer)
      return 'response' in result ? result.response : await this.#respond(distribution, behavior, result.request)
    } catch (error) {
      if (!(error instanceof EdgeFunctionError)) throw error
      this.#options.warn(error.message)
      return functionFailed
    }
  }

  async #respond(distribution: Distribution, behavior: Behavior, viewer: ViewerRequest): Promise<EdgeResponse> {
    const request = withRootObject(viewer, distribution)
    const isRead = ['GET', 'HEAD'].includes(request.method)
    const key = `${distribution.id} ${cacheKey(behavior.cachePolicy, request)}`
    const cached = isRead ? this.#cache.find(key) : undefined
    if (cached) return withCacheResult(cached, 'Hit')
    const response = await this.#fetch(distribution, behavior, originRequest(behavior, request))
    // A response to HEAD has no body that could be served for GET.
    if (request.method === 'GET') {
      const errorTtlSeconds = distribution.errorTtlSeconds.get(response.status)
      const nowMs = this.#options.clock.now()
      this.#cache.put(key, response, ttlSecondsOf(response, behavior.cachePolicy, errorTtlSeconds, nowMs))
    }
    return withCacheResult(response, 'Miss')
  }

  async #fetch({ arn }: Distribution, { origin }: Behavior, request: ViewerRequest): Promise<EdgeResponse> {
    if (!origin) return errorPage(502, 'Only S3 buckets and HTTP APIs of the templates are emulated as origins.')
    if (origin.kind === 'http')
      return (await fetchFromHttp(origin, request)) ?? errorPage(502, 'CloudFront could not connect to the origin.')
    const principal: Principal = origin.signed
      ? { kind: 'service', service: 'cloudfront.amazonaws.com', sourceArn: arn }
      : { kind: 'anonymous' }
    // Without the query: a parameter such as `versionId` would select another operation.
    const { method, headers, body } = request
    const toS3 = { method, headers, body, path: `${origin.path}${request.path}`, query: new URLSearchParams() }
    return { headers: {}, ...(await this.#options.fetchFromS3(toS3, principal)) }
  }
}

const functionFailed = errorPage(
  503,
  'The CloudFront function associated with the CloudFront distribution is invalid or could not run.',
)

const withRootObject = (request: ViewerRequest, { defaultRootObject }: Distribution): ViewerRequest =>
  request.path === '/' && defaultRootObject !== undefined ? { ...request, path: `/${defaultRootObject}` } : request

const withCacheResult = (response: EdgeResponse, result: 'Hit' | 'Miss'): EdgeResponse => ({
  ...response,
  headers: { ...response.headers, 'x-cache': `${response.status < 400 ? result : 'Error'} from cloudfront` },
})
