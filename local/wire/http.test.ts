import { allowAll } from '../iam/types.ts'
import { HttpEndpoints, HttpServer } from './http.ts'
import { WireServer } from './server.ts'
import type { WireResponse } from './service.ts'
import { sendRaw } from './testing.ts'

const options = {
  name: 'The desk',
  bodyLimitBytes: 10,
  refuse: (status: number, message: string) => ({ status, body: message }),
}
let server: HttpServer
beforeEach(() => (server = new HttpServer(options, async ({ path }) => ({ status: 200, body: path }))))
afterEach(() => server.close())

const statusWithHost = async (endpoint: string, host: string, more = '') =>
  Number((await sendRaw(endpoint, `GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n${more}\r\n`)).split(' ')[1])

test.each([
  ...['127.0.0.1:4566', 'localhost', 'LOCALHOST:1', 'scans.localhost:4566', '[::1]:4566'].map((host) => [host, 200]),
  ...['evil.example', 'localhost.evil.example:4566', '127.0.0.1.evil.example', '10.0.0.1', 'evil@127.0.0.1', ''].map(
    (host) => [host, 403],
  ),
] as [string, number][])('a request for the host %j gets %i', async (host, status) => {
  expect(await statusWithHost(await server.listen(0), host)).toBe(status)
})

test('the AWS endpoint rejects another host in every protocol, with and without a signature', async () => {
  const wire = new WireServer({ access: allowAll, authenticate: () => ({ kind: 'administrator' }) })
  wire.addPages({ claims: () => true, handle: () => ({ status: 200 }) })
  const endpoint = await wire.listen(0)
  const credential = 'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/lambda/aws4_request'
  for (const more of ['', 'x-amz-target: Desk.Lend\r\n', `authorization: ${credential}\r\n`])
    expect(await statusWithHost(endpoint, 'evil.example', more)).toBe(403)
  await wire.close()
})

test('a body over the limit is refused after it was read', async () => {
  const send = async (body: string) => (await fetch(server.url, { method: 'POST', body })).status
  await server.listen(0)
  expect([await send('x'.repeat(10)), await send('x'.repeat(11))]).toEqual([200, 413])
})

test.each<[string, () => Promise<WireResponse>]>([
  ['a failure', () => Promise.reject(new Error('spilled ink'))],
  ['a response with a header that HTTP does not allow', async () => ({ status: 200, headers: { x: 'two\nlines' } })],
])('%s is logged and gets 500', async (_, respond) => {
  server.respond = respond
  const consoleError = jest.spyOn(console, 'error').mockImplementation(() => {})
  const response = await fetch(await server.listen(0))
  expect([response.status, await response.text()]).toEqual([500, 'Internal Server Error'])
  expect(consoleError).toHaveBeenCalledWith(expect.stringContaining('The desk failed on GET /'), expect.any(Error))
  consoleError.mockRestore()
})

test('each resource has a port of its own, and the first that of listen, which responds with 503 until then', async () => {
  const endpoints = new HttpEndpoints(options)
  const first = await endpoints.listen(0)
  expect((await fetch(first)).status).toBe(503)
  expect(await endpoints.open(async () => ({ status: 201 }))).toBe(first)
  const second = await endpoints.open(async () => ({ status: 202 }))
  expect([(await fetch(first)).status, (await fetch(second)).status]).toEqual([201, 202])
  await endpoints.close()
})
