import { accountId } from '../assembly/provider.ts'
import { commonLogTime } from './event.ts'
import type { Api, GatewayAnswer, GatewayRequest } from './model.ts'

interface LoggedRequest {
  readonly api: Api
  readonly stageName: string
  readonly routeKey: string | undefined
  readonly request: GatewayRequest
  readonly answer: GatewayAnswer
  readonly durationMs: number
}

/** Fills the stage's access log format. A variable without a value is `-`, as on AWS. */
export function accessLogLine(format: string, logged: LoggedRequest): string {
  const values = variables(logged)
  return format.replace(/\$context\.([\w.]+)/g, (_, name: string) => values[name] ?? '-')
}

function variables({
  api,
  stageName,
  routeKey,
  request,
  answer,
  durationMs,
}: LoggedRequest): Record<string, string | undefined> {
  return {
    accountId,
    apiId: api.apiId,
    domainName: request.headers['host'],
    domainPrefix: api.apiId,
    'error.message': answer.reason,
    extendedRequestId: request.requestId,
    httpMethod: request.method,
    'identity.sourceIp': request.sourceIp,
    'identity.userAgent': request.headers['user-agent'],
    'integration.error': answer.reason,
    integrationErrorMessage: answer.reason,
    path: request.path,
    protocol: request.protocol,
    requestId: request.requestId,
    requestTime: commonLogTime(request.receivedAtMs),
    requestTimeEpoch: String(request.receivedAtMs),
    responseLatency: String(durationMs),
    responseLength: String(Buffer.byteLength(answer.body)),
    routeKey,
    stage: stageName,
    status: String(answer.status),
  }
}
