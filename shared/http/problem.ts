/** One failed member of a request, by JSON pointer: `/items/0/sku` in the body, `/query/limit`, `/headers/idempotency-key`. */
export interface FieldError {
  readonly pointer: string
  readonly detail: string
}

export interface ProblemDefinition {
  readonly status: number
  readonly title: string
}

/** Problems that any service may answer with; a service adds its own beside its routes. */
export const commonProblems = {
  'malformed-json': { status: 400, title: 'The body is not valid JSON' },
  'invalid-cursor': { status: 400, title: 'The cursor is not one that this list gave out' },
  'validation-failed': { status: 422, title: 'The request does not follow its schema' },
  'not-found': { status: 404, title: 'Not found' },
  conflict: { status: 409, title: 'Somebody else changed it at the same moment' },
  'body-too-large': { status: 413, title: 'The body is larger than 64 KB' },
  'unsupported-media-type': { status: 415, title: 'The body must be application/json' },
  'dependency-unavailable': { status: 503, title: 'A service that this one needs is busy' },
  'internal-error': { status: 500, title: 'Something went wrong on our side' },
} as const satisfies Record<string, ProblemDefinition>

export type CommonProblem = keyof typeof commonProblems

/** A failure to be answered as RFC 9457 problem details. */
export interface Problem {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly errors?: readonly FieldError[]
  readonly headers?: Readonly<Record<string, string>>
}

/** Makes a problem of a table of definitions: `problem(commonProblems, 'not-found', 'No such order.')`. */
export function problem<Code extends string>(
  definitions: Readonly<Record<Code, ProblemDefinition>>,
  code: Code,
  detail: string,
  more: { errors?: readonly FieldError[]; headers?: Readonly<Record<string, string>> } = {},
): Problem {
  return { code, ...definitions[code], detail, ...more }
}

/** Thrown by nothing but the HTTP layer itself, which also catches it: parsing a request has many ways out. */
export class ProblemError extends Error {
  readonly problem: Problem
  constructor(value: Problem) {
    super(value.detail)
    this.problem = value
  }
}
