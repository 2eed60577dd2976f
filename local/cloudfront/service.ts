import type { ResourceProvider } from '../assembly/provider.ts'
import type { Principal } from '../iam/types.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { RestService, WireRequest, WireResponse } from '../wire/service.ts'
import { xmlError } from '../wire/xml.ts'
import type { Distribution } from './distribution.ts'
import { applyHeadersPolicy } from './headers-policy.ts'
import { cloudFrontProviders } from './resources.ts'

/** Sends a path-style request to S3 as the principal. @throws AwsError */
type FetchFromS3 = (request: WireRequest, principal: Principal, requestId: string) => Promise<WireResponse>

const prefix = '/cloudfront/'

/** Serves distributions in front of buckets at `/cloudfront/<distribution>/…` of the AWS endpoint. */
export class CloudFrontService {
  readonly wire: RestService
  readonly providers: ResourceProvider[]
  readonly #distributions = new Map<string, Distribution>()
  readonly #fetch: FetchFromS3

  /** @param options.endpoint the URL of the AWS endpoint, called when a distribution is created */
  constructor(options: { endpoint: () => string; fetch: FetchFromS3 }) {
    this.#fetch = options.fetch
    this.providers = cloudFrontProviders((distribution) => {
      this.#distributions.set(distribution.id, distribution)
      return `${options.endpoint()}${prefix}${distribution.id}`
    })
    this.wire = {
      claims: ({ path }) => path.startsWith(prefix),
      handle: (request, { requestId }) => this.#handle(request, requestId),
    }
  }

  async #handle(request: WireRequest, requestId: string): Promise<WireResponse> {
    const [id = '', ...rest] = request.path.slice(prefix.length).split('/')
    const distribution = this.#distributions.get(id)
    if (!distribution) throw new AwsError('NoSuchDistribution', `There is no distribution ${id}.`, { statusCode: 404 })
    const response = await this.#respond(distribution, { ...request, path: `/${rest.join('/')}` }, requestId)
    const headers = { ...response.headers, 'x-cache': cacheResult(response.status), 'x-amz-cf-id': requestId }
    return { ...response, headers: applyHeadersPolicy(headers, distribution.headersPolicy) }
  }

  async #respond(distribution: Distribution, request: WireRequest, requestId: string): Promise<WireResponse> {
    const { enabled, allowedMethods, origin } = distribution
    if (!enabled) return errorPage(403, 'The distribution is disabled.')
    if (!allowedMethods.includes(request.method) || !['GET', 'HEAD'].includes(request.method)) {
      return errorPage(403, 'The distribution is not configured to allow the HTTP request method that was used.')
    }
    if (origin.kind === 'not-emulated') return errorPage(502, 'Only S3 buckets are emulated as origins.')
    const principal: Principal = origin.signed
      ? { kind: 'service', service: 'cloudfront.amazonaws.com', sourceArn: distribution.arn }
      : { kind: 'anonymous' }
    const path = `/${origin.bucket}${origin.path}${request.path}`
    try {
      return await this.#fetch(toOrigin(request, path), principal, requestId)
    } catch (error) {
      if (error instanceof AwsError) return xmlError(error, requestId)
      throw error
    }
  }
}

/** The headers that are always forwarded to an origin; queries, cookies and other headers are dropped. */
const forwardedHeaders = ['range', 'if-range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since']

const toOrigin = ({ method, headers }: WireRequest, path: string): WireRequest => ({
  method,
  path,
  query: new URLSearchParams(),
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => forwardedHeaders.includes(name))),
  body: Buffer.alloc(0),
})

/** There is no cache, so every successful request is a miss. */
const cacheResult = (status: number) => (status < 400 ? 'Miss from cloudfront' : 'Error from cloudfront')

const errorPage = (status: number, message: string): WireResponse => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<!DOCTYPE html>\n<title>ERROR: The request could not be satisfied</title>\n<h1>${status} ERROR</h1>\n<p>${message}</p>\n`,
})
