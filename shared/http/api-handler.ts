import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import type * as z from 'zod'
import { applicationId } from '../application.ts'
import type { Cause } from '../events/envelope.ts'
import { traceIdOf } from '../events/trace-context.ts'
import { countServerError, currentTraceparent, logger, logWithMetrics } from '../lambda/telemetry.ts'
import { isThrottle } from '../throttle.ts'
import { correlationIdOf, parseRequest } from './parse-request.ts'
import { commonProblems, problem, ProblemError, type Problem } from './problem.ts'
import type { Route } from './route.ts'

/** A request that matches its route's schemas. */
export interface ApiRequest<R extends Route> {
  readonly parameters: z.infer<NonNullable<R['parameters']>>
  readonly query: z.infer<NonNullable<R['query']>>
  readonly headers: z.infer<NonNullable<R['headers']>>
  readonly body: z.infer<NonNullable<R['body']>>
  /** The signed-in user; there is none on a public route. */
  readonly userId: R['access'] extends 'public' ? undefined : string
  /** The customer's own token, to act for them; there is none on other routes. Never to be stored or logged. */
  readonly accessToken: R['access'] extends 'customer' ? string : undefined
  /** The address that the request came from: personal data. */
  readonly sourceAddress: string
  /**
   * What the events that follow from the request take over from it. Its traceparent is that of the invocation. A client
   * may choose the trace id with X-Amzn-Trace-Id, as AWS documents ("A tracing header can originate from the X-Ray SDK, an
   * AWS service, or the client request", X-Ray concepts), so nothing but a search of logs may depend on it.
   */
  readonly cause: Cause
}

export type ApiReply =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly problem: Problem }

/** The Lambda handler of a route. */
export type ApiFunction = (
  event: APIGatewayProxyEventV2,
  context: Pick<Context, 'awsRequestId'>,
) => Promise<APIGatewayProxyStructuredResultV2>

/**
 * Makes the Lambda handler of a route: parses the event, calls `handle`, and returns JSON or RFC 9457 problem details.
 * Every response has the header `x-correlation-id`. Each request is logged in one line, to which `handle` can add keys with
 * `logger.appendKeys`.
 * @param options.authenticate returns a problem for a request that is rejected before it is parsed
 */
export function apiHandler<R extends Route>(
  route: R,
  handle: (request: ApiRequest<R>) => Promise<ApiReply>,
  { authenticate }: { authenticate?: (event: APIGatewayProxyEventV2) => Promise<Problem | undefined> } = {},
): ApiFunction {
  return async (event, context) => {
    const startedAt = performance.now()
    const cause: Cause = {
      correlationId: correlationIdOf(event),
      causationId: context.awsRequestId,
      traceparent: currentTraceparent(),
    }
    logger.resetKeys()
    logger.appendKeys({
      correlation_id: cause.correlationId,
      trace_id: traceIdOf(cause.traceparent),
      function_request_id: cause.causationId,
    })
    const respond = async (): Promise<ApiReply> => {
      const rejection = await authenticate?.(event)
      return rejection ? { problem: rejection } : handle({ ...parseRequest(route, event), cause })
    }
    const { reply, level, error } = await replyOf(respond)
    const response = withoutCaching(route, toResponse(reply, event, cause))
    logWithMetrics(level, `${route.method} ${route.path}`, {
      operation: route.operationId,
      status: response.statusCode,
      ...('problem' in reply ? { problem: reply.problem.code } : {}),
      duration_ms: Math.round(performance.now() - startedAt),
      ...(error === undefined ? {} : { error }),
    })
    if (response.statusCode! >= 500) countServerError()
    return response
  }
}

async function replyOf(
  respond: () => Promise<ApiReply>,
): Promise<{ reply: ApiReply; level: 'info' | 'warn' | 'error'; error?: unknown }> {
  try {
    return { reply: await respond(), level: 'info' }
  } catch (error) {
    if (error instanceof ProblemError) return { reply: { problem: error.problem }, level: 'info' }
    if (isThrottle(error)) {
      const headers = { 'retry-after': '1' }
      const unavailable = problem(commonProblems, 'dependency-unavailable', 'Try again in a moment.', { headers })
      return { reply: { problem: unavailable }, level: 'warn', error }
    }
    const failure = problem(commonProblems, 'internal-error', 'The failure was logged under the request id.')
    return { reply: { problem: failure }, level: 'error', error }
  }
}

function toResponse(
  reply: ApiReply,
  event: APIGatewayProxyEventV2,
  { correlationId, causationId: requestId }: Cause,
): APIGatewayProxyStructuredResultV2 {
  if (!('problem' in reply)) {
    return {
      statusCode: reply.status,
      headers: {
        'content-type': 'application/json',
        'x-correlation-id': correlationId,
        ...withStageInLocation(reply.headers, event.requestContext.stage),
      },
      ...(reply.body === undefined ? {} : { body: JSON.stringify(reply.body) }),
    }
  }
  const { code, status, title, detail, errors, extension, headers } = reply.problem
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json', 'x-correlation-id': correlationId, ...headers },
    body: JSON.stringify({
      type: `urn:${applicationId}:problem:${code}`,
      title,
      status,
      detail,
      instance: uriReferenceOf(event.rawPath),
      code,
      requestId,
      correlationId,
      ...(errors ? { errors } : {}),
      ...extension,
    }),
  }
}

/** No cache may keep what is a signed-in user's, unless the handler decides otherwise. */
const withoutCaching = (
  { access }: Route,
  response: APIGatewayProxyStructuredResultV2,
): APIGatewayProxyStructuredResultV2 =>
  access === 'public' ? response : { ...response, headers: { 'cache-control': 'no-store', ...response.headers } }

/**
 * A path in `location` as the caller sees it: the URLs of a named stage begin with its name, which is part of an event's
 * `rawPath` and of no route ("You access a stage's API at https://{api_id}.execute-api.{region}.amazonaws.com/{stageName}",
 * HTTP API stages). The handler does not know the stage, since a replayed response may be called for at another one.
 */
function withStageInLocation(headers: Readonly<Record<string, string>> = {}, stage: string): Record<string, string> {
  const { location } = headers
  return stage !== '$default' && location?.startsWith('/')
    ? { ...headers, location: `/${stage}${location}` }
    : { ...headers }
}

/**
 * The path as a URI reference (RFC 3986), which `instance` must be: the gateway passes a path decoded. Two slashes at the
 * start would make its first segment a host.
 */
const uriReferenceOf = (path: string): string =>
  path
    .toWellFormed()
    .replaceAll(/[^\w.~!$&'()*+,;=:@/-]+/g, encodeURIComponent)
    .replace(/^\/(?=\/)/, '/./')
