import { arn } from '../assembly/provider.ts'
import { AwsError } from '../wire/aws-error.ts'
import { jsonInput } from '../wire/json.ts'
import {
  requireParameters,
  type Operation,
  type RestService,
  type WireRequest,
  type WireResponse,
} from '../wire/service.ts'
import type { AsyncInvocations } from './async-invocations.ts'
import type { EventSourceMappings } from './event-source-mappings.ts'
import type { FunctionRegistry } from './function-registry.ts'
import type { Invoked, Invoker } from './invoker.ts'

interface OperationContext {
  readonly functions: FunctionRegistry
  readonly mappings: EventSourceMappings
  readonly invoker: Invoker
  readonly async: AsyncInvocations
}

/** Lambda's HTTP API: the operations that a local system needs. */
export const lambdaWire = (context: OperationContext): RestService => ({
  signingName: 'lambda',
  errors: 'json',
  // The event of Invoke may be any JSON, not only an object.
  input: (request, path) => ({ request, ...path }),
  operations: {
    'POST /2015-03-31/functions/{FunctionName}/invocations': invoke(context),
    'GET /2015-03-31/functions/{FunctionName}/configuration': getFunctionConfiguration(context),
    'GET /2015-03-31/event-source-mappings': listEventSourceMappings(context),
    'PUT /2015-03-31/event-source-mappings/{UUID}': updateEventSourceMapping(context),
  },
})

interface OnFunction {
  readonly FunctionName: string
  readonly request: WireRequest
}

const resolved = ({ functions }: OperationContext, { FunctionName, request }: OnFunction) =>
  functions.resolve(FunctionName, request.query.get('Qualifier') ?? undefined)

/** Waits for the response, or queues the event (`Event`). */
const invoke = (context: OperationContext): Operation<OnFunction> => ({
  access: (input) => [{ action: 'lambda:InvokeFunction', resource: resolved(context, input).arn }],
  async handle(input) {
    const target = resolved(context, input)
    const { headers } = input.request
    const type = headers['x-amz-invocation-type'] ?? 'RequestResponse'
    const invocation = { event: eventOf(input.request), traceId: headers['x-amzn-trace-id'] }
    if (type === 'Event')
      return { status: 202, headers: { 'x-amzn-requestid': context.async.enqueue(target.arn, invocation) } }
    if (type === 'RequestResponse') return responseOf(await context.invoker.invoke(target, invocation))
    throw new AwsError('InvalidParameterValueException', `The invocation type ${type} is not emulated.`)
  },
})

function responseOf({ outcome, requestId }: Invoked): WireResponse {
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
}

function eventOf({ body, headers }: WireRequest): string {
  if (headers['x-amz-client-context'] !== undefined || headers['x-amz-log-type'] === 'Tail')
    throw new AwsError('InvalidParameterValueException', 'ClientContext and LogType Tail are not emulated.')
  const event = body.length === 0 ? '{}' : body.toString('utf8')
  try {
    JSON.parse(event)
    return event
  } catch (error) {
    const message = `Could not parse request body into json: ${(error as Error).message}`
    throw new AwsError('InvalidRequestContentException', message)
  }
}

const getFunctionConfiguration = (context: OperationContext): Operation<OnFunction> => ({
  access: (input) => [{ action: 'lambda:GetFunctionConfiguration', resource: resolved(context, input).arn }],
  handle(input) {
    const { configuration } = resolved(context, input)
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
})

const listEventSourceMappings = ({ functions, mappings }: OperationContext): Operation<{ request: WireRequest }> => ({
  access: () => [{ action: 'lambda:ListEventSourceMappings', resource: '*' }],
  handle({ request: { query } }) {
    const functionName = query.get('FunctionName')
    const source = query.get('EventSourceArn')
    const matching = mappings
      .list()
      .filter(({ FunctionArn }) => functionName === null || FunctionArn === functions.resolve(functionName).arn)
      .filter(({ EventSourceArn }) => source === null || EventSourceArn === source)
    return { EventSourceMappings: matching }
  },
})

/** Only disables and enables a mapping. */
const updateEventSourceMapping = ({
  mappings,
}: OperationContext): Operation<{ UUID: string; request: WireRequest }> => ({
  access: ({ UUID }) => [
    { action: 'lambda:UpdateEventSourceMapping', resource: arn('lambda', `event-source-mapping:${UUID}`) },
  ],
  handle({ UUID, request }) {
    const { Enabled: enabled, UUID: _, ...others } = jsonInput(request) as Record<string, unknown>
    requireParameters(others, [])
    if (typeof enabled !== 'boolean')
      throw new AwsError('InvalidParameterValueException', 'Enabled must be true or false.')
    return mappings.setEnabled(UUID, enabled)
  },
})
