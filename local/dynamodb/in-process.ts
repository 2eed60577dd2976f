import { Readable } from 'node:stream'
import { AwsError } from '../wire/aws-error.ts'
import type { DynamoDbService } from './service.ts'

/**
 * Connects an SDK client to the service without a port:
 * `new DynamoDBClient({ requestHandler: inProcessHandler(dynamodb), region: 'us-east-1', credentials: … })`.
 * Signatures and IAM policies are not checked.
 */
export function inProcessHandler({ wire }: Pick<DynamoDbService, 'wire'>) {
  return {
    /** Of the HTTP request, what is used here. */
    async handle(request: { headers: Record<string, string>; body?: unknown }) {
      const target = request.headers['x-amz-target'] ?? ''
      const operation = target.slice(target.lastIndexOf('.') + 1)
      try {
        const served = wire.operations[operation]
        if (!served) throw new AwsError('UnknownOperationException', `${operation} is not emulated.`)
        const call = { principal: { kind: 'administrator' }, requestId: 'in-process' } as const
        return respond(200, (await served.handle(JSON.parse(bodyText(request.body)), call)) ?? {})
      } catch (error) {
        if (!(error instanceof AwsError)) throw error
        return respond(error.statusCode, { __type: error.name, message: error.message, ...error.members })
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
  throw new TypeError('The body of an in-process request must be text or bytes.')
}

const respond = (statusCode: number, body: unknown) => ({
  response: {
    statusCode,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: Readable.from([Buffer.from(JSON.stringify(body))]),
  },
})
