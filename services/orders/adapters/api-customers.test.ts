import { createServer } from 'node:http'
import { customerApi } from '#shared/customer-api.ts'
import { ThrottledError } from '#shared/throttle.ts'
import { listening } from '#test/support/listening.ts'
import { customersContract } from '../ports.contract.ts'
import { apiCustomers } from './api-customers.ts'

const cause = { correlationId: 'trace-me', causationId: 'request' }

let server: Awaited<ReturnType<typeof listening>>
let requests: string[]
let status: number

beforeEach(async () => {
  requests = []
  status = 200
  const api = createServer(({ method, url, headers }, response) => {
    requests.push(`${method} ${url} ${headers.authorization} ${headers['x-correlation-id']}`)
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  })
  server = await listening(api)
})
afterEach(() => server.stop())

const customers = () => apiCustomers(customerApi(server.url))

describe('customers in the API', () => {
  customersContract(async () => ({
    customers: customers(),
    setState: (state) =>
      (status = { registered: 200, deleted: 404, 'token expired': 401, throttled: 429, failing: 500 }[state]),
  }))
})

test('the customer is registered by GET /me with their own token and the correlation id', async () => {
  await customers().register('token', cause)
  expect(requests).toEqual(['GET /me Bearer token trace-me'])
})

test.each([401, 429, 503])('%d can be repeated, and other failures are not', async (code) => {
  status = code
  await expect(customers().register('token', cause)).rejects.toThrow(ThrottledError)
  status = 500
  await expect(customers().register('token', cause)).rejects.not.toThrow(ThrottledError)
  // No cursor was sent.
  status = 400
  await expect(customers().register('token', cause)).rejects.toThrow('GET /me returned 400.')
})
