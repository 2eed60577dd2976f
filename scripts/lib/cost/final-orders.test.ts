import { createServer } from 'node:http'
import { listening } from '#test/support/listening.ts'
import type { Deployment } from '../deployment.ts'
import { requireStatus } from './final-orders.ts'

const statuses: Record<string, string> = { a: 'DELIVERED', b: 'DELIVERED', c: 'REJECTED', d: 'PLACED' }

const api = createServer((request, response) => {
  const status = statuses[request.url!.replace('/orders/', '')]
  response.writeHead(status ? 200 : 404, { 'content-type': 'application/json' })
  response.end(JSON.stringify(status ? { status } : { title: 'Not found' }))
})
const { url: apiUrl, stop } = await listening(api)
afterAll(stop)

const check = (...orderIds: string[]) =>
  requireStatus({ apiUrl } as Deployment, { token: 'token', orderIds, status: 'DELIVERED' })

test('measured orders must all have reached their end', async () => {
  await check('a', 'b')
  await expect(check('a', 'c')).rejects.toThrow('The measured order c is REJECTED, not DELIVERED.')
  await expect(check('d')).rejects.toThrow('The measured order d is PLACED, not DELIVERED.')
  await expect(check('e')).rejects.toThrow('The measured order e is unreadable (HTTP 404), not DELIVERED.')
})
