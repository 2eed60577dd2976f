import type { ResourceProvider } from '../assembly/provider.ts'
import type { MetricSink } from '../cloudwatch/metric.ts'
import { HttpEndpoints, type HttpRequest } from '../wire/http.ts'
import { commonLogTime, gatewayRequest } from './event.ts'
import { serveRequest, type Served } from './gateway.ts'
import type { GatewayOptions } from './invocation.ts'
import { domainOf, errorResponse, type Api, type GatewayResponse, type GatewayRequest } from './model.ts'
import { providers } from './resources.ts'

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

interface HttpApiOptions extends GatewayOptions {
  readonly report: (line: ApiLine) => void
  readonly metrics: MetricSink
  /** Writes access logs. */
  readonly appendLog: (
    logGroupArn: string,
    stream: string,
    messages: { timestampMs: number; message: string }[],
  ) => void
}

/** Source: "Quotas for configuring and running an HTTP API", as for the next. */
const bodyLimitBytes = 10 * 1024 * 1024
/** "Total combined size of request line and header values". */
const headLimitBytes = 10_240

/** API Gateway's HTTP APIs, each on its own port of 127.0.0.1. */
export class HttpApiService {
  readonly providers: ResourceProvider[]
  readonly #options: HttpApiOptions
  /** The local URLs of the APIs by their domains on AWS. */
  readonly #urls = new Map<string, string>()
  readonly #endpoints = new HttpEndpoints({
    name: 'The local API gateway',
    bodyLimitBytes,
    refuse: (status, message) => errorResponse(status, message),
  })

  constructor(options: HttpApiOptions) {
    this.#options = options
    this.providers = providers({ ...options, open: (api) => this.#open(api) })
  }

  /** Opens the port of the first API. @param port 0 picks a free one. @returns the endpoint, `http://127.0.0.1:<port>` */
  listen(port: number): Promise<string> {
    return this.#endpoints.listen(port)
  }

  /** The local URL of an API's domain on AWS, without a trailing slash; undefined for another domain. */
  urlOf(domainName: string): string | undefined {
    return this.#urls.get(domainName)
  }

  stop(): Promise<void> {
    return this.#endpoints.close()
  }

  async #open(api: Api): Promise<string> {
    const url = await this.#endpoints.open((request) => this.#serve(api, request))
    this.#urls.set(domainOf(api.apiId), url)
    return url
  }

  async #serve(api: Api, received: HttpRequest): Promise<GatewayResponse> {
    if (headBytes(received) > headLimitBytes) return errorResponse(431, 'Request Header Fields Too Large')
    let request: GatewayRequest
    try {
      request = gatewayRequest(received, this.#options.clock.now())
    } catch {
      // The path is not valid percent-encoding.
      return errorResponse(400, 'Bad Request')
    }
    const served = await serveRequest(api, request, this.#options)
    this.#record(api, request, served)
    const { response } = served
    return { ...response, headers: { ...response.headers, 'apigw-requestid': request.id } }
  }

  #record({ apiId }: Api, request: GatewayRequest, { response, stage, routeKey }: Served): void {
    const { clock, report, metrics, appendLog } = this.#options
    const { method, path, id: requestId, receivedAtMs: atMs } = request
    const { status, reason } = response
    const durationMs = clock.now() - atMs
    const correlationId = response.headers['x-correlation-id']
    report({ atMs, apiId, requestId, method, path, routeKey, status, durationMs, reason, correlationId })
    const metric = (name: string) => ({ namespace: 'AWS/ApiGateway', name, dimensions: { ApiId: apiId } })
    metrics.add(metric('Count'), 1)
    // Each request is a sample, so that the average is the error rate.
    metrics.add(metric('5xx'), status >= 500 ? 1 : 0)
    if (!stage?.accessLog) return
    const { format, logGroupArn } = stage.accessLog
    const values = new Map<string, unknown>([
      ['error.message', reason],
      ['httpMethod', method],
      ['identity.sourceIp', request.sourceIp],
      ['integrationErrorMessage', reason],
      ['path', path],
      ['protocol', request.protocol],
      ['requestId', requestId],
      ['requestTime', commonLogTime(atMs)],
      ['responseLatency', durationMs],
      ['responseLength', Buffer.byteLength(response.body ?? '')],
      ['routeKey', routeKey],
      ['stage', stage.name],
      ['status', status],
    ])
    // On AWS a variable without a value is `-`, and quotes in a value are escaped (DataBiosphere/azul, issue 4348).
    const message = format.replace(/\$context\.([\w.]+)/g, (_, name: string) =>
      JSON.stringify(String(values.get(name) ?? '-')).slice(1, -1),
    )
    appendLog(logGroupArn, stage.name, [{ timestampMs: atMs, message }])
  }
}

function headBytes({ method, path, rawQuery, protocol, headers }: HttpRequest): number {
  const requestLine = `${method} ${path}${rawQuery && `?${rawQuery}`} ${protocol}`
  return [requestLine, ...Object.values(headers)].join('').length
}
