import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2'
import { listening } from '#test/support/listening.ts'
import { clientConfiguration, sendingClientConfiguration } from './client-configuration.ts'

let requests: number
let server: Server
beforeEach(async () => {
  requests = 0
  // The request is complete when the connection breaks: the email may have been sent.
  server = createServer((request) => {
    request.resume().on('end', () => {
      requests += 1
      request.socket.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => new Promise((resolve) => server.close(resolve)))

test.each([
  ['an email', 1, sendingClientConfiguration],
  ['anything else', 3, clientConfiguration],
])('a request for %s whose response is lost is sent %i times in all', async (_, attempts, configuration) => {
  const client = new SESv2Client({
    ...configuration,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  })
  await expect(client.send(new SendEmailCommand({ Content: {} }))).rejects.toThrow(/socket hang up|ECONNRESET/)
  expect(requests).toBe(attempts)
  client.destroy()
})

test.each([
  ['an email has a connection of its own', 2, sendingClientConfiguration],
  ['anything else uses the open connection again', 1, clientConfiguration],
])('a request for %s', async (_, connections, configuration) => {
  let opened = 0
  const counting = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
  }).on('connection', () => (opened += 1))
  const { url: endpoint, stop } = await listening(counting)
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  const client = new SESv2Client({ ...configuration, endpoint, region: 'eu-west-1', credentials })
  for (const _email of [1, 2]) await client.send(new SendEmailCommand({ Content: {} }))
  expect(opened).toBe(connections)
  client.destroy()
  await stop()
})
