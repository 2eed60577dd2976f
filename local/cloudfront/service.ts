import type { ResourceProvider } from '../assembly/provider.ts'
import type { Principal } from '../iam/types.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { RestService, WireRequest, WireResponse } from '../wire/service.ts'
import { xmlError } from '../wire/xml.ts'
import type { Distribution } from './distribution.ts'
import { applyHeadersPolicy } from './headers-policy.ts'
import { cloudFrontProviders } from './resources.ts'

/** A request to S3 in path style on behalf of somebody. @throws AwsError */
export type FetchFromS3 = (request: WireRequest, principal: Principal, requestId: string) => Promise<WireResponse>

const prefix = '/cloudfront/'

/** Distributions in front of buckets: plain routes of the AWS endpoint, `/cloudfront/<distribution>/…`. */
export class CloudFrontService {
  readonly wire: RestService
  readonly providers: ResourceProvider[]
  readonly #distributions = new Map<string, Distribution>()
  readonly #fetch: FetchFromS3

  /** @param options.endpoint the AWS endpoint, known once a template is read */
  constructor(options: { endpoint: () => string; fetch: FetchFromS3 }) {
    this.#fetch = options.fetch
    this.providers = cloudFrontProviders((distribution) => {
      this.#distributions.set(distribution.id, distribution)
      return `${options.endpoint()}${prefix}${distribution.id}`
    })
    this.wire = {
      claims: ({ path }) => path.startsWith(prefix),
      handle: (request, { requestId }) => this.#answer(request, requestId),
    }
  }

  async #answer(request: WireRequest, requestId: string): Promise<WireResponse> {
    const [id = '', ...rest] = request.path.slice(prefix.length).split('/')
    const distribution = this.#distributions.get(id)
    if (!distribution) throw new AwsError('NoSuchDistribution', `There is no distribution ${id}.`, { statusCode: 404 })
    const answer = await this.#answerOf(distribution, { ...request, path: `/${rest.join('/')}` }, requestId)
    const headers = { ...answer.headers, 'x-cache': cacheResult(answer.status), 'x-amz-cf-id': requestId }
    return { ...answer, headers: applyHeadersPolicy(headers, distribution.headersPolicy) }
  }

  async #answerOf(distribution: Distribution, request: WireRequest, requestId: string): Promise<WireResponse> {
    const { enabled, allowedMethods, origin } = distribution
    if (!enabled) return refusal(403, 'The distribution is disabled.')
    if (!allowedMethods.includes(request.method) || !['GET', 'HEAD'].includes(request.method)) {
      return refusal(403, 'The distribution is not configured to allow the HTTP request method that was used.')
    }
    if (origin.kind === 'not-emulated') return refusal(502, 'Only buckets are origins here.')
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

/** What goes to an origin whatever the policies say; queries, cookies and all other headers stay behind. */
const forwardedHeaders = ['range', 'if-range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since']

const toOrigin = ({ method, headers }: WireRequest, path: string): WireRequest => ({
  method,
  path,
  query: new URLSearchParams(),
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => forwardedHeaders.includes(name))),
  body: Buffer.alloc(0),
})

/** Nothing is cached here. */
const cacheResult = (status: number) => (status < 400 ? 'Miss from cloudfront' : 'Error from cloudfront')

const refusal = (status: number, sentence: string): WireResponse => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<!DOCTYPE html>\n<title>ERROR: The request could not be satisfied</title>\n<h1>${status} ERROR</h1>\n<p>${sentence}</p>\n`,
})
