import { createServer } from 'node:http'
import { listening } from '#test/support/listening.ts'
import { fetchWithRetry } from './fetch-with-retry.ts'

/** A server that closes the connection of its first `closed` requests without a response, as an idle one was closed before. */
async function serverClosing(closed: number) {
  let requests = 0
  const server = createServer((request, response) => {
    requests += 1
    if (requests <= closed) request.socket.destroy()
    else response.end('{}')
  })
  return { ...(await listening(server)), requests: () => requests }
}

const inTime = () => ({ signal: AbortSignal.timeout(5000) })

test.each([
  ['once', 1, 2],
  ['not at all if the first one gets a response', 0, 1],
])('a request without a response is repeated %s', async (_, closed, sent) => {
  const server = await serverClosing(closed)
  expect((await fetchWithRetry(server.url, inTime())).status).toBe(200)
  expect(server.requests()).toBe(sent)
  await server.stop()
})

test('a second request without a response is not repeated', async () => {
  const server = await serverClosing(3)
  await expect(fetchWithRetry(server.url, inTime())).rejects.toThrow('fetch failed')
  expect(server.requests()).toBe(2)
  await server.stop()
})

test('a request whose time is over is not repeated', async () => {
  let requests = 0
  const server = await listening(createServer(() => (requests += 1)))
  await expect(fetchWithRetry(server.url, { signal: AbortSignal.timeout(50) })).rejects.toThrow('timeout')
  expect(requests).toBe(1)
  await server.stop()
})
