import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import * as z from 'zod'
import { commonProblems, problem, ProblemError, validationFailed, type FieldError } from './problem.ts'
import type { Route } from './route.ts'

/** An HTTP API's event with what either authorizer adds; a public route has neither. */
export type ApiEvent = APIGatewayProxyEventV2 & {
  requestContext: {
    authorizer?: { jwt?: { claims: Record<string, string> }; lambda?: { userId?: string; group?: string } }
  }
}

export const bodyLimitBytes = 64 * 1024

/** The part of an API Gateway event (payload 2.0) that identifies a request. */
interface IdentifiedRequest {
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined
  readonly requestContext: { readonly requestId: string }
}

/**
 * The client's `x-correlation-id` when it is safe to log and propagate, otherwise the gateway's request id. That one
 * ends in `=`, which the pattern allows, so that a client can send back the id it received.
 */
export function correlationIdOf(request: IdentifiedRequest): string {
  const given = request.headers?.['x-correlation-id']
  return given !== undefined && /^[\w.:=-]{1,128}$/.test(given) ? given : request.requestContext.requestId
}

/**
 * Parses an event by its route, the headers first: a missing key is reported whatever the body says.
 * @throws ProblemError 400, 413, 415 or 422 with pointers · Error when a route that is not public has no user
 */
export function parseRequest(route: Route, event: ApiEvent) {
  const errors: FieldError[] = []
  const part = (name: string, schema: z.ZodType | undefined, value: unknown): any => {
    if (!schema) return undefined
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data
    errors.push(...parsed.error.issues.flatMap((issue) => fieldErrors(name, issue)))
    return undefined
  }
  const userId: any = userOf(route, event)
  const headers = part('/headers', route.headers, event.headers)
  if (errors.length > 0 && route.headersProblem) throw new ProblemError(route.headersProblem(event.headers))
  const parameters = part('/path', route.parameters, event.pathParameters ?? {})
  const query = part('/query', route.query, event.queryStringParameters ?? {})
  const body = route.body ? part('', route.body, readJson(event)) : undefined
  if (errors.length > 0) throw new ProblemError(validationFailed(errors))
  return { headers, parameters, query, body, userId }
}

/** Only a missing authorizer in front of the function, which is a bug, lets a request without a user come this far. */
function userOf({ access, method, path }: Route, event: ApiEvent): string | undefined {
  if (access === 'public') return undefined
  const { jwt, lambda } = event.requestContext.authorizer ?? {}
  const userId = jwt?.claims['sub'] ?? lambda?.userId
  if (userId === undefined) throw new Error(`${method} ${path} was called without an authorizer.`)
  return userId
}

function readJson(event: ApiEvent): unknown {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8')
  if (bytes.length > bodyLimitBytes) {
    const detail = `The body has ${bytes.length} bytes; the limit is ${bodyLimitBytes}.`
    throw new ProblemError(problem(commonProblems, 'body-too-large', detail))
  }
  const mediaType = (event.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
  if (mediaType !== 'application/json') {
    throw new ProblemError(problem(commonProblems, 'unsupported-media-type', 'Send Content-Type: application/json.'))
  }
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw new ProblemError(problem(commonProblems, 'malformed-json', 'The body could not be parsed as JSON.'))
  }
}

/** An unknown field is reported at its own path, not at its parent's. */
function fieldErrors(base: string, issue: z.core.$ZodIssue): FieldError[] {
  const pointer = base + issue.path.map((segment) => `/${escaped(String(segment))}`).join('')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: `${pointer}/${escaped(key)}`, detail: 'This field is unknown.' }))
  }
  return [{ pointer, detail: issue.message }]
}

/** RFC 6901 */
const escaped = (segment: string): string => segment.replaceAll('~', '~0').replaceAll('/', '~1')
