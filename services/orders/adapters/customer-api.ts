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
    // 401: the token expired, or was revoked, since this request was authorized.
    if (response.status === 404 || response.status === 401) return false
    if (response.status === 429 || response.status === 503)
      throw new ThrottledError(`GET /me is answered with ${response.status}.`)
    throw new Error(`GET /me is answered with ${response.status}.`)
  },
})
