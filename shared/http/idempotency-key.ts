import * as z from 'zod'
import { problem, type Problem, type ProblemDefinition } from './problem.ts'

/** The header of every route that must take effect once: 1 to 255 printable ASCII characters, kept for 7 days. */
export const idempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/)
    .describe('Yours to choose, one for each intent: sending the same request again gives the first answer again'),
})

/** How long a key is remembered. */
export const idempotencyDays = 7

export const idempotencyProblems = {
  'idempotency-key-required': { status: 400, title: 'The Idempotency-Key header is missing' },
  'idempotency-key-malformed': { status: 400, title: 'The Idempotency-Key is not 1 to 255 printable ASCII characters' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key was used for another request' },
} as const satisfies Record<string, ProblemDefinition>

/** A route's `headersProblem`: a key that is missing is told whatever the body says. */
export const idempotencyKeyProblem = (headers: Readonly<Record<string, string | undefined>>): Problem =>
  headers['idempotency-key']
    ? problem(
        idempotencyProblems,
        'idempotency-key-malformed',
        'Use 1 to 255 printable ASCII characters, such as a UUID.',
      )
    : problem(idempotencyProblems, 'idempotency-key-required', 'Send an Idempotency-Key, such as a fresh UUID.')
