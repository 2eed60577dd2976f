import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Deployment } from '../deployment.ts'
import { requireStatus } from './final-orders.ts'

const statuses: Record<string, string> = { a: 'DELIVERED', b: 'DELIVERED', c: 'REJECTED', d: 'PLACED' }

const api = createServer((request, response) => {
  const status = statuses[request.url!.replace('/orders/', '')]
  response.writeHead(status ? 200 : 404, { 'content-type': 'application/json' })
  response.end(JSON.stringify(status ? { status } : { title: 'Not found' }))
})

beforeAll(async () => {
  await once(api.listen(0, '127.0.0.1'), 'listening')
})
afterAll(() => {
  api.close()
})

const check = (...orderIds: string[]) => {
  const apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
  return requireStatus({ apiUrl } as Deployment, { token: 'token', orderIds, status: 'DELIVERED' })
}

test('measured orders must all have reached their end', async () => {
  await check('a', 'b')
  await expect(check('a', 'c')).rejects.toThrow('The measured order c is REJECTED, not DELIVERED.')
  await expect(check('d')).rejects.toThrow('The measured order d is PLACED, not DELIVERED.')
  await expect(check('e')).rejects.toThrow('The measured order e is unreadable (HTTP 404), not DELIVERED.')
})
