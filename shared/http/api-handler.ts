import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import type * as z from 'zod'
import { traceIdOf } from '../events/trace-context.ts'
import { currentTraceparent } from '../lambda/current-trace.ts'
import { countServerError, flushMetrics, logger } from '../lambda/telemetry.ts'
import { correlationIdOf } from './correlation-id.ts'
import { parseRequest } from './parse-request.ts'
import { commonProblems, problem, ProblemError, type Problem } from './problem.ts'
import type { Route } from './route.ts'

/** A request that followed its route's schemas. */
export interface ApiRequest<R extends Route> {
  readonly parameters: z.infer<NonNullable<R['parameters']>>
  readonly query: z.infer<NonNullable<R['query']>>
  readonly headers: z.infer<NonNullable<R['headers']>>
  readonly body: z.infer<NonNullable<R['body']>>
  /** The signed-in user; undefined on public routes. */
  readonly userId: string | undefined
  readonly correlationId: string
  readonly requestId: string
  /** Of this invocation. A client's own header is not taken: it could hang its events into anybody's trace. */
  readonly traceparent: string | undefined
}

export type ApiReply =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly problem: Problem }

/**
 * Makes the Lambda handler of a route: parses the event, runs `handle`, and answers JSON or RFC 9457 problem details.
 * Every answer carries `x-correlation-id`, and one line of the log tells each request.
 */
export function apiHandler<R extends Route>(route: R, handle: (request: ApiRequest<R>) => Promise<ApiReply>) {
  return async (
    event: APIGatewayProxyEventV2,
    context: Pick<Context, 'awsRequestId'>,
  ): Promise<APIGatewayProxyStructuredResultV2> => {
    const startedAt = performance.now()
    const correlationId = correlationIdOf(event)
    const requestId = context.awsRequestId
    const traceparent = currentTraceparent()
    const trace_id = traceIdOf(traceparent)
    logger.resetKeys()
    logger.appendKeys({ correlation_id: correlationId, trace_id, function_request_id: requestId })
    const reply = await replyOf(route, handle, event, { correlationId, requestId, traceparent })
    const answer = toAnswer(reply, event, { correlationId, requestId })
    logger.info(`${route.method} ${route.path}`, {
      operation: route.operationId,
      status: answer.statusCode,
      ...('problem' in reply ? { problem: reply.problem.code } : {}),
      duration_ms: Math.round(performance.now() - startedAt),
    })
    if (answer.statusCode! >= 500) countServerError()
    flushMetrics()
    return answer
  }
}

interface Ids {
  readonly correlationId: string
  readonly requestId: string
}

async function replyOf<R extends Route>(
  route: R,
  handle: (request: ApiRequest<R>) => Promise<ApiReply>,
  event: APIGatewayProxyEventV2,
  ids: Ids & Pick<ApiRequest<R>, 'traceparent'>,
): Promise<ApiReply> {
  try {
    return await handle({ ...parseRequest(route, event), ...ids })
  } catch (error) {
    if (error instanceof ProblemError) return { problem: error.problem }
    if (isThrottle(error)) {
      logger.warn('A dependency throttled this request', { error: error as Error })
      return {
        problem: problem(commonProblems, 'dependency-unavailable', 'Try again in a moment.', {
          headers: { 'retry-after': '1' },
        }),
      }
    }
    logger.error('The request failed', { error: error as Error })
    return { problem: problem(commonProblems, 'internal-error', 'The failure was logged under the request id.') }
  }
}

function toAnswer(reply: ApiReply, event: APIGatewayProxyEventV2, ids: Ids): APIGatewayProxyStructuredResultV2 {
  if (!('problem' in reply)) {
    return {
      statusCode: reply.status,
      headers: { 'content-type': 'application/json', 'x-correlation-id': ids.correlationId, ...reply.headers },
      ...(reply.body === undefined ? {} : { body: JSON.stringify(reply.body) }),
    }
  }
  const { code, status, title, detail, errors, headers } = reply.problem
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json', 'x-correlation-id': ids.correlationId, ...headers },
    body: JSON.stringify({
      type: `urn:cartwheel:problem:${code}`,
      title,
      status,
      detail,
      instance: event.rawPath,
      code,
      requestId: ids.requestId,
      correlationId: ids.correlationId,
      ...(errors ? { errors } : {}),
    }),
  }
}

/** The names that the services behind a function use when they ask for less: worth a 503 and a Retry-After, not a 500. */
const throttles: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'TransactionInProgressException',
])

const isThrottle = (error: unknown): boolean => error instanceof Error && throttles.has(error.name)
