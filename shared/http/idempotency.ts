import * as z from 'zod'
import { fingerprint, type IdempotentRequest, type StoredResponse } from '../idempotency.ts'
import type { ApiReply } from './api-handler.ts'
import { problem, type Problem, type ProblemDefinition } from './problem.ts'
import type { Route } from './route.ts'

const IdempotencyKey = z
  .string()
  .regex(/^[\x20-\x7e]{1,255}$/)
  .describe('Chosen by the client, one for each intent: repeating the same request returns the first response')

/** The header of every route that must take effect once. */
export const idempotencyHeaders = z.object({ 'idempotency-key': IdempotencyKey })

/** The header of a route that takes effect once when the client asks for it. */
export const optionalIdempotencyHeaders = idempotencyHeaders.partial()

export const idempotencyProblems = {
  'idempotency-key-required': { status: 400, title: 'The Idempotency-Key header is missing' },
  'idempotency-key-malformed': { status: 400, title: 'The Idempotency-Key is not 1 to 255 printable ASCII characters' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key was used for a different request' },
} as const satisfies Record<string, ProblemDefinition>

/** A route's `headersProblem`: a missing key is reported regardless of the body. */
export const idempotencyKeyProblem = (headers: Readonly<Record<string, string | undefined>>): Problem =>
  headers['idempotency-key'] !== undefined
    ? problem(
        idempotencyProblems,
        'idempotency-key-malformed',
        'Use 1 to 255 printable ASCII characters, such as a UUID.',
      )
    : problem(idempotencyProblems, 'idempotency-key-required', 'Send an Idempotency-Key, such as a new UUID.')

interface KeyedRequest {
  readonly userId: string
  readonly headers: { readonly 'idempotency-key': string }
  readonly parameters?: unknown
  readonly body?: unknown
}

export const idempotentRequest = (
  route: Pick<Route, 'operationId'>,
  { userId, headers, parameters, body = null }: KeyedRequest,
): IdempotentRequest => ({
  userId,
  operation: route.operationId,
  key: headers['idempotency-key'],
  fingerprint: fingerprint(parameters === undefined ? body : { parameters, body }),
})

/** The reply to a request with a used key: the first response again, or a problem for a different request. */
export function replay({ fingerprint: first, ...response }: StoredResponse, request: IdempotentRequest): ApiReply {
  return first === request.fingerprint
    ? { ...response, headers: { ...response.headers, 'idempotent-replayed': 'true' } }
    : { problem: problem(idempotencyProblems, 'idempotency-key-reused', 'Use a new key for a different request.') }
}
