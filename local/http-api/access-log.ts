import { accountId } from '../assembly/provider.ts'
import { commonLogTime } from './event.ts'
import type { Api, GatewayResponse, GatewayRequest } from './model.ts'

interface LoggedRequest {
  readonly api: Api
  readonly stageName: string
  readonly routeKey: string | undefined
  readonly request: GatewayRequest
  readonly response: GatewayResponse
  readonly durationMs: number
}

/** Fills in the stage's access log format. A variable without a value is `-`, as on AWS. */
export function accessLogLine(format: string, logged: LoggedRequest): string {
  const values = new Map(Object.entries(variables(logged)))
  return format.replace(/\$context\.([\w.]+)/g, (_, name: string) => values.get(name) ?? '-')
}

function variables({
  api,
  stageName,
  routeKey,
  request,
  response,
  durationMs,
}: LoggedRequest): Record<string, string | undefined> {
  return {
    accountId,
    apiId: api.apiId,
    domainName: request.headers['host'],
    domainPrefix: api.apiId,
    'error.message': response.reason,
    extendedRequestId: request.requestId,
    httpMethod: request.method,
    'identity.sourceIp': request.sourceIp,
    'identity.userAgent': request.headers['user-agent'],
    'integration.error': response.reason,
    integrationErrorMessage: response.reason,
    path: request.path,
    protocol: request.protocol,
    requestId: request.requestId,
    requestTime: commonLogTime(request.receivedAtMs),
    requestTimeEpoch: String(request.receivedAtMs),
    responseLatency: String(durationMs),
    responseLength: String(Buffer.byteLength(response.body)),
    routeKey,
    stage: stageName,
    status: String(response.status),
  }
}
