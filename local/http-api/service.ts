import type { ResourceProvider } from '../assembly/provider.ts'
import { noMetrics, type MetricSink } from '../cloudwatch/metric.ts'
import type { Clock } from '../clock.ts'
import { commonLogTime } from './event.ts'
import { serveRequest } from './gateway.ts'
import { domainOf, errorResponse, type Api, type GatewayResponse, type GatewayRequest, type Invoke } from './model.ts'
import { providers } from './resources.ts'
import { GatewayServer } from './server.ts'

/** One request that an API served; `reason` explains a request that the gateway itself rejected or failed. */
export interface ApiLine {
  readonly atMs: number
  readonly apiId: string
  readonly requestId: string
  readonly method: string
  readonly path: string
  readonly routeKey?: string
  readonly status: number
  readonly durationMs: number
  readonly reason?: string
  /** The header `x-correlation-id` of the response. */
  readonly correlationId?: string | undefined
}

interface HttpApiOptions {
  readonly clock: Clock
  readonly invoke: Invoke
  /** Whether requests wait for a function without a time limit, as while it is debugged. @default none does */
  readonly isUnlimited?: (functionArn: string) => boolean
  readonly report?: (line: ApiLine) => void
  /** @default no metrics are recorded */
  readonly metrics?: MetricSink
  /** Writes access logs; the group is an ARN. Without it, AccessLogSettings have no effect. */
  readonly appendLog?: (
    logGroupArn: string,
    stream: string,
    messages: { timestampMs: number; message: string }[],
  ) => void
}

interface Endpoint {
  readonly endpoint: string
  readonly serve: (api: Api) => void
}

/** API Gateway's HTTP APIs, each on its own port of 127.0.0.1. */
export class HttpApiService {
  readonly providers: ResourceProvider[]
  readonly #options: HttpApiOptions
  readonly #apis = new Map<string, Api>()
  readonly #servers: GatewayServer[] = []
  /** The server of `listen`, for the first API that is declared. */
  #reserved: Endpoint | undefined

  constructor(options: HttpApiOptions) {
    this.#options = options
    this.providers = providers({ ...options, apis: this.#apis, open: () => this.#open() })
  }

  /**
   * Opens the port of the first API before the template is read, so that its ApiEndpoint is known; until that API is
   * declared, requests get a 503.
   * @param port 0 picks a free one. @returns the endpoint, `http://127.0.0.1:<port>`
   */
  async listen(port: number): Promise<string> {
    this.#reserved = await this.#open(port)
    return this.#reserved.endpoint
  }

  /** The local URL of an API's domain on AWS, without a trailing slash; undefined for another domain. */
  urlOf(domainName: string): string | undefined {
    return [...this.#apis.values()].find(({ apiId }) => domainOf(apiId) === domainName)?.endpoint
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()))
  }

  /** @param port @default the port that `listen` opened, or a free one */
  async #open(port?: number): Promise<Endpoint> {
    const reserved = this.#reserved
    this.#reserved = undefined
    if (port === undefined && reserved) return reserved
    let served: Api | undefined
    const server = new GatewayServer(this.#options.clock, async (request) =>
      served ? this.#serve(served, request) : errorResponse(503, 'Service Unavailable'),
    )
    this.#servers.push(server)
    const endpoint = `http://127.0.0.1:${await server.listen(port ?? 0)}`
    return { endpoint, serve: (api) => (served = api) }
  }

  async #serve(api: Api, request: GatewayRequest): Promise<GatewayResponse> {
    const { response, stage, routeKey } = await serveRequest(api, request, this.#options)
    const durationMs = this.#options.clock.now() - request.receivedAtMs
    const { method, path, requestId, receivedAtMs: atMs } = request
    const { status, reason } = response
    const correlationId = response.headers['x-correlation-id']
    this.#options.report?.({
      atMs,
      apiId: api.apiId,
      requestId,
      method,
      path,
      routeKey,
      status,
      durationMs,
      reason,
      correlationId,
    })
    const { metrics = noMetrics } = this.#options
    const metric = (name: string) => ({ namespace: 'AWS/ApiGateway', name, dimensions: { ApiId: api.apiId } })
    metrics.add(metric('Count'), 1)
    // Each request is a sample, so that the average is the error rate.
    metrics.add(metric('5xx'), status >= 500 ? 1 : 0)
    if (stage?.accessLog) {
      const values = logVariables({ stage: stage.name, routeKey, request, response, durationMs })
      // A variable without a value is `-`, as on AWS.
      const message = stage.accessLog.format.replace(
        /\$context\.([\w.]+)/g,
        (_, name: string) => values.get(name) ?? '-',
      )
      this.#options.appendLog?.(stage.accessLog.logGroupArn, stage.name, [{ timestampMs: atMs, message }])
    }
    return response
  }
}

/** The variables of access log formats that have a value. */
const logVariables = ({
  stage,
  routeKey,
  request,
  response,
  durationMs,
}: {
  stage: string
  routeKey: string | undefined
  request: GatewayRequest
  response: GatewayResponse
  durationMs: number
}): ReadonlyMap<string, string | undefined> =>
  new Map([
    ['error.message', response.reason],
    ['httpMethod', request.method],
    ['identity.sourceIp', request.sourceIp],
    ['identity.userAgent', request.headers['user-agent']],
    ['integration.error', response.reason],
    ['integrationErrorMessage', response.reason],
    ['path', request.path],
    ['protocol', request.protocol],
    ['requestId', request.requestId],
    ['requestTime', commonLogTime(request.receivedAtMs)],
    ['requestTimeEpoch', String(request.receivedAtMs)],
    ['responseLatency', String(durationMs)],
    ['responseLength', String(Buffer.byteLength(response.body))],
    ['routeKey', routeKey],
    ['stage', stage],
    ['status', String(response.status)],
  ])
