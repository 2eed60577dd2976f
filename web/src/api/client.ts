import createClient from 'openapi-fetch'
import type { paths } from '#services/api/schema.d.ts'
import { responseTimeoutMs } from '../config.ts'
import { failureOf, noResponse } from './failure.ts'

/** Where the client gets its access tokens from. */
export interface AccessTokens {
  /**
   * @returns a token that is valid for some time, refreshed if necessary; undefined without a session, or when its token
   * cannot be refreshed now: public routes respond then, too
   */
  current(): Promise<string | undefined>
  /**
   * Called when the API rejected a request, with the token that it had.
   * @returns a new one; undefined without a session. @throws ApiFailure when there is a session and no response about it
   */
  renewed(rejected: string | undefined): Promise<string | undefined>
}

/** A client of the public API whose calls and responses have the types of its OpenAPI document. */
export const createApi = (tokens: AccessTokens) =>
  createClient<paths>({
    // Absolute, since `Request` of some environments takes no relative URL.
    baseUrl: `${globalThis.location.origin}/api`,
    fetch: (request) => authorizedFetch(request, tokens),
  })

export type Api = ReturnType<typeof createApi>

/** An expired token is renewed once, and the request repeated with the new one, so that no form is lost to an expired token. */
async function authorizedFetch(request: Request, tokens: AccessTokens): Promise<Response> {
  const token = await tokens.current()
  const repeated = request.clone()
  const response = await send(request, token)
  if (response.status !== 401) return response
  const renewed = await tokens.renewed(token)
  return renewed === undefined ? response : send(repeated, renewed)
}

async function send(request: Request, token: string | undefined): Promise<Response> {
  if (token !== undefined) request.headers.set('authorization', `Bearer ${token}`)
  const timeout = AbortSignal.timeout(responseTimeoutMs)
  const signal = AbortSignal.any([request.signal, timeout])
  try {
    const response = await fetch(new Request(request, { signal }))
    // A connection can also break within the body, which is not read here.
    await response.clone().arrayBuffer()
    return response
  } catch (error) {
    if (request.signal.aborted) throw error
    throw noResponse(timeout.aborted ? 'timeout' : 'offline')
  }
}

/** @returns the body of a successful response. @throws ApiFailure for any other */
export async function bodyOf<Data>(
  result: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<Data> {
  const { data, error, response } = await result
  if (response.ok) return data as Data
  throw failureOf(response, error)
}

/** Whether it is the response to an earlier request with the same Idempotency-Key: nothing was changed now. */
export const isReplayed = (response: Response): boolean => response.headers.get('idempotent-replayed') === 'true'
