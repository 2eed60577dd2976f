import type * as z from 'zod'

/** An invalid part of a request, by JSON pointer: `/items/0/sku` in the body, `/query/limit`, `/headers/x-card`. */
export interface FieldError {
  readonly pointer: string
  readonly detail: string
}

export interface ProblemDefinition {
  readonly status: number
  readonly title: string
  /** The members of the problem besides those that all have. @default none */
  readonly extension?: z.ZodObject
}

/** Problems that any service may return; a service adds its own in its routes.ts. */
export const commonProblems = {
  'malformed-json': { status: 400, title: 'The body is not valid JSON in UTF-8' },
  'invalid-cursor': { status: 400, title: 'The cursor does not belong to this list' },
  'validation-failed': { status: 422, title: 'The request does not match its schema' },
  'not-found': { status: 404, title: 'Not found' },
  'account-deleted': { status: 404, title: "The customer's account was deleted" },
  conflict: { status: 409, title: 'Another request changed the resource at the same time' },
  'body-too-large': { status: 413, title: 'The body is larger than 64 KB' },
  'unsupported-media-type': { status: 415, title: 'The body must be application/json in UTF-8' },
  'dependency-unavailable': { status: 503, title: 'A dependency is busy' },
  'internal-error': { status: 500, title: 'Internal error' },
} as const satisfies Record<string, ProblemDefinition>

export type CommonProblem = keyof typeof commonProblems

/** A failure, returned as RFC 9457 problem details. */
export interface Problem {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly errors?: readonly FieldError[]
  /** Extension members (RFC 9457, section 3.2), as the definition describes them. */
  readonly extension?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

/** `problem(commonProblems, 'not-found', 'The order does not exist.')` */
export function problem<Code extends string>(
  definitions: Readonly<Record<Code, ProblemDefinition>>,
  code: Code,
  detail: string,
  more: Pick<Problem, 'errors' | 'extension' | 'headers'> = {},
): Problem {
  const { status, title } = definitions[code]
  return { code, status, title, detail, ...more }
}

export const validationFailed = (errors: readonly FieldError[]): Problem =>
  problem(commonProblems, 'validation-failed', 'Correct the fields that errors lists.', { errors })

/** Ends a request early, from parsing or from a handler's lookup; `apiHandler` catches it. */
export class ProblemError extends Error {
  readonly problem: Problem
  constructor(value: Problem) {
    super(value.detail)
    this.problem = value
  }
}
