import type { Cause } from './events/envelope.ts'
import { fetchWithRetry } from './fetch-with-retry.ts'
import { invalidCursor } from './http/page.ts'
import { ThrottledError } from './throttle.ts'

/** The shop's API as its customer, with the customer's own token: the owner of the data responds, and no grant is needed. */
export interface CustomerApi {
  /**
   * The body of a 200. Undefined: 404.
   * @throws ProblemError `invalid-cursor` for a path whose cursor the route rejects
   * @throws ThrottledError when the request can be repeated
   */
  get(path: string, as: { readonly accessToken: string; readonly cause: Cause }): Promise<unknown>
}

/** Together with the caller's own work, less than its function's timeout. */
const timeoutMs = 5_000

export const customerApi = (apiUrl: string): CustomerApi => ({
  async get(path, { accessToken, cause: { correlationId } }) {
    const headers = { authorization: `Bearer ${accessToken}`, 'x-correlation-id': correlationId }
    const response = await fetchWithRetry(`${apiUrl}${path}`, { headers, signal: AbortSignal.timeout(timeoutMs) })
    if (response.ok) return response.json()
    await response.body?.cancel()
    if (response.status === 404) return undefined
    if (response.status === 400 && new URL(response.url).searchParams.has('cursor')) throw invalidCursor()
    // 401: the token expired after this request was authorized; the authorizer rejects the repeated request.
    const message = `GET ${new URL(response.url).pathname} returned ${response.status}.`
    throw [401, 429, 503].includes(response.status) ? new ThrottledError(message) : new Error(message)
  },
})
