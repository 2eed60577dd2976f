import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import * as z from 'zod'
import { commonProblems, problem, ProblemError, type FieldError } from './problem.ts'
import type { Route } from './route.ts'

/** What either authorizer leaves behind; absent on public routes. */
export type ApiEvent = APIGatewayProxyEventV2 & {
  requestContext: {
    authorizer?: { jwt?: { claims: Record<string, string> }; lambda?: { userId?: string; group?: string } }
  }
}

export const bodyLimitBytes = 64 * 1024

/**
 * Parses an event by its route: headers before the body, since a missing key must be told whatever the body says.
 * @throws ProblemError 400, 413, 415 or 422 with pointers
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
  const headers = part('/headers', route.headers, event.headers)
  if (errors.length > 0 && route.headersProblem) throw new ProblemError(route.headersProblem(event.headers))
  const parameters = part('/path', route.parameters, event.pathParameters ?? {})
  const query = part('/query', route.query, event.queryStringParameters ?? {})
  const body = route.body ? part('', route.body, readJson(event)) : undefined
  if (errors.length > 0) {
    throw new ProblemError(
      problem(commonProblems, 'validation-failed', 'Mend what errors names and send it again.', { errors }),
    )
  }
  const { jwt, lambda } = event.requestContext.authorizer ?? {}
  return { headers, parameters, query, body, userId: jwt?.claims['sub'] ?? lambda?.userId }
}

function readJson(event: ApiEvent): unknown {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8')
  if (bytes.length > bodyLimitBytes) {
    throw new ProblemError(
      problem(
        commonProblems,
        'body-too-large',
        `The body has ${bytes.length} bytes; at most ${bodyLimitBytes} are taken.`,
      ),
    )
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

/** An unknown field is reported where it stands, not at its parent. */
function fieldErrors(base: string, issue: z.core.$ZodIssue): FieldError[] {
  const pointer =
    base + issue.path.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      detail: 'This field is not known here.',
    }))
  }
  return [{ pointer, detail: issue.message }]
}
