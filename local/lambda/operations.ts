import { arn } from '../assembly/provider.ts'
import { AwsError } from '../wire/aws-error.ts'
import { jsonInput } from '../wire/json.ts'
import { requireParameters, type RestService, type WireRequest } from '../wire/service.ts'
import type { AsyncInvocations } from './async-invocations.ts'
import type { EventSourceMappings } from './event-source-mappings.ts'
import type { FunctionRegistry, ResolvedFunction } from './function-registry.ts'
import type { Invoker } from './invoker.ts'

interface OnFunction {
  readonly FunctionName: string
  readonly request: WireRequest
}

const notEmulated = (problem: string) => new AwsError('InvalidParameterValueException', problem)

/** Lambda's HTTP API: the operations that a local system needs. */
export function lambdaWire(parts: {
  functions: FunctionRegistry
  mappings: EventSourceMappings
  invoker: Invoker
  async: AsyncInvocations
}): RestService {
  const { functions, mappings, invoker } = parts
  const targetOf = ({ FunctionName, request }: OnFunction): ResolvedFunction =>
    functions.resolve(FunctionName, request.query.get('Qualifier') ?? undefined)
  return {
    signingName: 'lambda',
    errors: 'json',
    // The event of Invoke may be any JSON, not only an object.
    input: (request, path) => ({ request, ...path }),
    operations: {
      /** Waits for the response, or queues the event (`Event`). */
      'POST /2015-03-31/functions/{FunctionName}/invocations': {
        access: (input: OnFunction) => [{ action: 'lambda:InvokeFunction', resource: targetOf(input).arn }],
        async handle(input: OnFunction) {
          const { headers } = input.request
          const type = headers['x-amz-invocation-type'] ?? 'RequestResponse'
          const invocation = { event: eventOf(input.request), traceId: headers['x-amzn-trace-id'] }
          if (type === 'Event') {
            const requestId = parts.async.enqueue(targetOf(input).arn, invocation)
            return { status: 202, headers: { 'x-amzn-requestid': requestId } }
          }
          if (type !== 'RequestResponse') throw notEmulated(`The invocation type ${type} is not emulated.`)
          const { outcome, requestId } = await invoker.invoke(targetOf(input), invocation)
          return {
            status: 200,
            headers: {
              'content-type': 'application/json',
              'x-amzn-requestid': requestId,
              'x-amz-executed-version': '$LATEST',
              ...(outcome.kind === 'error' && { 'x-amz-function-error': 'Unhandled' }),
            },
            body: outcome.kind === 'success' ? outcome.payload : JSON.stringify(outcome.error),
          }
        },
      },
      'GET /2015-03-31/functions/{FunctionName}/configuration': {
        access: (input: OnFunction) => [{ action: 'lambda:GetFunctionConfiguration', resource: targetOf(input).arn }],
        handle(input: OnFunction) {
          const { configuration } = targetOf(input)
          return {
            FunctionName: configuration.name,
            FunctionArn: configuration.arn,
            Runtime: configuration.runtime,
            Handler: configuration.handler,
            Role: configuration.roleArn,
            Timeout: configuration.timeoutMs / 1000,
            MemorySize: configuration.memoryMb,
            Environment: { Variables: configuration.environment },
            State: 'Active',
            Version: '$LATEST',
          }
        },
      },
      'GET /2015-03-31/event-source-mappings': {
        access: () => [{ action: 'lambda:ListEventSourceMappings', resource: '*' }],
        handle({ request: { query } }: { request: WireRequest }) {
          const name = query.get('FunctionName')
          const source = query.get('EventSourceArn')
          const matching = mappings
            .list()
            .filter(({ FunctionArn }) => name === null || FunctionArn === functions.resolve(name).arn)
            .filter(({ EventSourceArn }) => source === null || EventSourceArn === source)
          return { EventSourceMappings: matching }
        },
      },
      /** Only disables and enables a mapping. */
      'PUT /2015-03-31/event-source-mappings/{UUID}': {
        access: ({ UUID }: { UUID: string }) => [
          { action: 'lambda:UpdateEventSourceMapping', resource: arn('lambda', `event-source-mapping:${UUID}`) },
        ],
        handle({ UUID, request }: { UUID: string; request: WireRequest }) {
          const { Enabled: enabled, UUID: _, ...others } = jsonInput(request) as Record<string, unknown>
          requireParameters(others, [])
          if (typeof enabled !== 'boolean') throw notEmulated('Enabled must be true or false.')
          return mappings.setEnabled(UUID, enabled)
        },
      },
    },
  }
}

function eventOf({ body, headers }: WireRequest): string {
  if (headers['x-amz-client-context'] !== undefined || headers['x-amz-log-type'] === 'Tail')
    throw notEmulated('ClientContext and LogType Tail are not emulated.')
  const event = body.length === 0 ? '{}' : body.toString('utf8')
  try {
    JSON.parse(event)
    return event
  } catch (error) {
    const message = `Could not parse request body into json: ${(error as Error).message}`
    throw new AwsError('InvalidRequestContentException', message)
  }
}
