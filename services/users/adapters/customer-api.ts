import { ThrottledError } from '#shared/throttle.ts'
import type { CustomerApi } from '../ports.ts'

const timeoutMs = 5_000

export const customerApi = (apiUrl: string): CustomerApi => ({
  async get(path, { accessToken, cause: { correlationId } }) {
    const headers = { authorization: `Bearer ${accessToken}`, 'x-correlation-id': correlationId }
    const response = await fetch(`${apiUrl}${path}`, { headers, signal: AbortSignal.timeout(timeoutMs) })
    if (response.ok) return response.json()
    await response.body?.cancel()
    if (response.status === 404) return undefined
    const { pathname } = new URL(response.url)
    // 401: the token expired after this request was authorized, which the repeated request is told by the authorizer.
    const message = `GET ${pathname} is answered with ${response.status}.`
    throw [401, 429, 503].includes(response.status) ? new ThrottledError(message) : new Error(message)
  },
})
