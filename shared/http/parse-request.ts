import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import * as z from 'zod'
import { commonProblems, problem, ProblemError, validationFailed, type FieldError } from './problem.ts'
import { rejectionText } from './rejection-text.ts'
import type { Route } from './route.ts'
import { sourceAddressOf } from './source-address.ts'

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
 * Parses an event by its route, the headers first: a missing key is reported regardless of the body. Query parameters
 * that the route does not declare, empty ones and repeated ones are errors on every route.
 * @throws ProblemError 400, 413, 415 or 422 with pointers · Error when a route that is not public has no user
 */
export function parseRequest(route: Route, event: ApiEvent) {
  const errors: FieldError[] = []
  const part = (name: string, schema: z.ZodType | undefined, value: unknown): any => {
    if (!schema) return undefined
    const parsed = schema.safeParse(value, { error: rejectionText })
    if (parsed.success) return parsed.data
    errors.push(...parsed.error.issues.flatMap((issue) => fieldErrors(name, issue)))
    return undefined
  }
  const userId: any = userOf(route, event)
  const headers = part('/headers', route.headers, event.headers)
  if (errors.length > 0 && route.headersProblem) throw new ProblemError(route.headersProblem(event.headers))
  const parameters = part('/path', route.parameters, event.pathParameters ?? {})
  const wrongNames = queryErrors(route, event)
  errors.push(...wrongNames)
  const query = wrongNames.length > 0 ? undefined : part('/query', route.query, event.queryStringParameters ?? {})
  const body = route.body ? part('', route.body, readJson(event)) : undefined
  if (errors.length > 0) throw new ProblemError(validationFailed(errors))
  const accessToken = accessTokenOf(route, event)
  return { headers, parameters, query, body, userId, accessToken, sourceAddress: sourceAddressOf(event) }
}

/** A request without a user can only reach the function if the authorizer is missing, which is a bug. */
export function userOf({ access, method, path }: Route, event: ApiEvent): string | undefined {
  if (access === 'public') return undefined
  const { jwt, lambda } = event.requestContext.authorizer ?? {}
  const userId = jwt?.claims['sub'] ?? lambda?.userId
  if (userId === undefined) throw new Error(`${method} ${path} was called without an authorizer.`)
  return userId
}

/** The token that the JWT authorizer accepted; the authorizer takes it with or without the scheme. */
const accessTokenOf = ({ access }: Route, { headers }: ApiEvent): any =>
  access === 'customer' ? (headers['authorization'] ?? '').replace(/^bearer +/i, '') : undefined

/** Payload format 2.0 joins the values of a repeated parameter with commas, so that only the raw query string shows it. */
function queryErrors({ query, ignoresQuery }: Route, event: ApiEvent): FieldError[] {
  if (ignoresQuery) return []
  const known = query?.shape ?? {}
  const names = [...new URLSearchParams(event.rawQueryString).keys()]
  return Object.entries(event.queryStringParameters ?? {}).flatMap(([name, value]) => {
    const pointer = `/query/${escaped(name)}`
    if (!Object.hasOwn(known, name)) return { pointer, detail: 'This parameter is unknown.' }
    if (value === '') return { pointer, detail: 'This parameter is empty.' }
    return names.filter((other) => other === name).length > 1 ? { pointer, detail: 'This parameter is repeated.' } : []
  })
}

function readJson(event: ApiEvent): unknown {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8')
  if (bytes.length > bodyLimitBytes) {
    const detail = `The body has ${bytes.length} bytes; the limit is ${bodyLimitBytes}.`
    throw new ProblemError(problem(commonProblems, 'body-too-large', detail))
  }
  if (!isJsonInUtf8(event.headers['content-type'] ?? '')) {
    const detail = 'Send Content-Type: application/json, in UTF-8.'
    throw new ProblemError(problem(commonProblems, 'unsupported-media-type', detail))
  }
  const text = event.isBase64Encoded ? utf8Of(bytes) : bytes.toString('utf8')
  if (text === undefined || (!event.isBase64Encoded && text.includes(replacement)))
    throw new ProblemError(problem(commonProblems, 'malformed-json', 'The body is not UTF-8.'))
  try {
    return JSON.parse(text)
  } catch {
    throw new ProblemError(problem(commonProblems, 'malformed-json', 'The body could not be parsed as JSON.'))
  }
}

/** JSON between systems is UTF-8 (RFC 8259, section 8.1): a body in another charset would be stored damaged. */
function isJsonInUtf8(contentType: string): boolean {
  const [mediaType = '', ...parameters] = contentType.toLowerCase().split(';')
  const charsets = parameters.map((each) => each.trim()).filter((each) => /^charset\s*=/.test(each))
  return mediaType.trim() === 'application/json' && charsets.every((each) => /^charset=("?)utf-8\1$/.test(each))
}

/**
 * What a decoder writes for bytes that are not UTF-8. The gateway decodes a JSON body before a function sees it, so a body
 * that contains this character counts as damaged; JSON can escape it as `\ufffd`.
 */
const replacement = '\ufffd'

/** @returns undefined for what is not UTF-8 */
function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
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
