import { Readable } from 'node:stream'
import { AwsError } from '../wire/aws-error.ts'
import type { DynamoDbService } from './service.ts'

/** The part of an SDK's HTTP request that matters here. */
interface HttpRequest {
  readonly headers: Record<string, string>
  readonly body?: unknown
}

interface HttpResponse {
  statusCode: number
  headers: Record<string, string>
  body: Readable
}

/** A `requestHandler` for SDK clients. */
export interface InProcessHandler {
  handle(request: HttpRequest): Promise<{ response: HttpResponse }>
  destroy(): void
  updateHttpClientConfig(): void
  httpHandlerConfigs(): Record<string, never>
}

/**
 * Lets an SDK client talk to the service without a port:
 * `new DynamoDBClient({ requestHandler: inProcessHandler(dynamodb), region: 'us-east-1', credentials: … })`.
 * Signatures and IAM are not looked at.
 */
export function inProcessHandler(service: Pick<DynamoDbService, 'wire'>): InProcessHandler {
  return {
    async handle(request) {
      const target = request.headers['x-amz-target'] ?? ''
      const operation = target.slice(target.lastIndexOf('.') + 1)
      try {
        const wired = service.wire.operations[operation]
        if (!wired) throw new AwsError('UnknownOperationException', `${operation} is not emulated.`)
        const call = { principal: { kind: 'administrator' }, requestId: 'in-process' } as const
        return answer(200, (await wired.handle(JSON.parse(bodyText(request.body)), call)) ?? {})
      } catch (error) {
        if (!(error instanceof AwsError)) throw error
        return answer(error.statusCode, { __type: error.name, message: error.message, ...error.members })
      }
    },
    destroy: () => {},
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
  }
}

function bodyText(body: unknown): string {
  if (typeof body === 'string') return body
  if (body instanceof Uint8Array) return new TextDecoder().decode(body)
  throw new TypeError('An in-process request needs its body as text or bytes.')
}

function answer(statusCode: number, body: unknown): { response: HttpResponse } {
  return {
    response: {
      statusCode,
      headers: { 'content-type': 'application/x-amz-json-1.0' },
      body: Readable.from([Buffer.from(JSON.stringify(body))]),
    },
  }
}
