import { AwsError } from '../../wire/aws-error.ts'
import type { WireRequest, WireResponse } from '../../wire/service.ts'
import type { InvokeRequest } from '../invoker.ts'
import type { Route, WireContext } from './route.ts'

/** Invoke: waits for the response, queues the event (`Event`), or only checks the permission (`DryRun`). */
export function invokeRoute(context: WireContext): Route {
  return {
    method: 'POST',
    path: /^\/2015-03-31\/functions\/([^/]+)\/invocations$/,
    async handle({ request, call, authorize, parameters }) {
      const { arn } = context.functions.resolve(parameters[0]!, request.query.get('Qualifier') ?? undefined)
      const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse'
      switch (type) {
        case 'DryRun':
          authorize([{ action: 'lambda:InvokeFunction', resource: arn }])
          return { status: 204 }
        case 'Event': {
          const invocation = readInvocation(request)
          const requestId = context.enqueue(arn, invocation, call.principal)
          return { status: 202, headers: { 'x-amzn-requestid': requestId } }
        }
        case 'RequestResponse':
          return responseOf(
            await context.invoke(arn, readInvocation(request), call.principal),
            request.headers['x-amz-log-type'] === 'Tail',
          )
        default:
          throw new AwsError('InvalidParameterValueException', `The invocation type ${type} is unknown.`)
      }
    },
  }
}

function responseOf(invoked: Awaited<ReturnType<WireContext['invoke']>>, withLog: boolean): WireResponse {
  const { outcome, requestId, log } = invoked
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': requestId,
      'x-amz-executed-version': '$LATEST',
      ...(outcome.kind === 'error' && { 'x-amz-function-error': 'Unhandled' }),
      ...(withLog && { 'x-amz-log-result': Buffer.from(log).toString('base64') }),
    },
    body: outcome.kind === 'success' ? outcome.payload : JSON.stringify(outcome.error),
  }
}

function readInvocation(request: WireRequest): InvokeRequest {
  const event = request.body.length === 0 ? '{}' : request.body.toString('utf8')
  parsed(event, 'request body')
  const clientContext = request.headers['x-amz-client-context']
  return {
    event,
    traceId: request.headers['x-amzn-trace-id'],
    ...(clientContext && {
      clientContext: parsed(Buffer.from(clientContext, 'base64').toString('utf8'), 'client context'),
    }),
  }
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const message = `Could not parse ${what} into json: ${(error as Error).message}`
    throw new AwsError('InvalidRequestContentException', message)
  }
}
