import type { Customers } from '../ports.ts'
import { ThrottledError } from '#shared/throttle.ts'

/** Together with the reads and the transaction, less than the function's timeout. */
const timeoutMs = 5_000

/** `GET /me` creates a missing profile; it is called for the customer, with their own token. */
export const customerApi = (apiUrl: string): Customers => ({
  async register(accessToken, { correlationId }) {
    const headers = { authorization: `Bearer ${accessToken}`, 'x-correlation-id': correlationId }
    const response = await fetch(`${apiUrl}/me`, { headers, signal: AbortSignal.timeout(timeoutMs) })
    await response.body?.cancel()
    if (response.ok) return true
    if (response.status === 404) return false
    // 401: the token expired after this request was authorized, which the repeated request is told by the authorizer.
    if ([401, 429, 503].includes(response.status))
      throw new ThrottledError(`GET /me is answered with ${response.status}.`)
    throw new Error(`GET /me is answered with ${response.status}.`)
  },
})
