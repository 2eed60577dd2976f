import type { CustomerApi } from '#shared/customer-api.ts'
import type { Customers } from '../ports.ts'

/** `GET /me` creates a missing profile; it is called for the customer, with their own token. */
export const apiCustomers = (api: CustomerApi): Customers => ({
  register: async (accessToken, cause) => (await api.get('/me', { accessToken, cause })) !== undefined,
})
