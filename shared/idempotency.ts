import { createHash } from 'node:crypto'

/** How long the response to a request is stored under its Idempotency-Key. */
export const idempotencyDays = 7

/** A request that takes effect once. Keys belong to a user and a route. */
export interface IdempotentRequest {
  readonly userId: string
  /** The route's operationId. */
  readonly operation: string
  readonly key: string
  /** A hash of the request, which distinguishes a repeat from another request under the same key. */
  readonly fingerprint: string
}

/** A successful response, as it is stored and returned again. */
export interface IdempotentResponse {
  /** 2xx: a failure is not stored, so that the client can correct the request and reuse its key. */
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/** The record that is stored under a key. */
export interface StoredResponse extends IdempotentResponse {
  /** The hash of the original request. */
  readonly fingerprint: string
}

/** A hash of a JSON value that does not depend on the order of its fields. */
export const fingerprint = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value, sortedFields)).digest('base64url')

const sortedFields = (_: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value
