import { callApi } from '#test/support/api-event.ts'
import { capturedLogs } from '#test/support/captured-logs.ts'
import { getAsyncApi, getHealth, getOpenApi } from '../routes.ts'
import { descriptionHandler, healthHandler, notFoundHandler } from './api.ts'

capturedLogs()

test('GET /health returns the time and is not cached', async () => {
  const { status, headers, body } = await callApi(
    healthHandler(() => new Date('2026-05-01T10:00:00.000Z')),
    { path: '/health' },
  )
  expect(status).toBe(200)
  expect(body).toEqual({ status: 'ok', time: '2026-05-01T10:00:00.000Z' })
  expect(getHealth.responses[200].schema.parse(body)).toEqual(body)
  expect(headers['cache-control']).toBe('no-store')
})

test.each([getOpenApi, getAsyncApi])('GET $path returns the document of the build', async (route) => {
  const description = { info: { title: 'Shop' } }
  const { status, headers, body } = await callApi(descriptionHandler(route, description), { path: route.path })
  expect([status, headers['content-type'], body]).toEqual([200, 'application/json', description])
})

test('a preflight of a browser is a 204, whatever its path', async () => {
  const { status, body } = await callApi(notFoundHandler(), { method: 'OPTIONS', path: '/orders' })
  expect([status, body]).toEqual([204, undefined])
})

test.each(['GET', 'POST', 'DELETE'])('%s of a path without a route is a 404 problem', async (method) => {
  const { status, headers, body } = await callApi(notFoundHandler(), {
    method,
    path: '/no/such/path',
    headers: { 'x-correlation-id': 'c-1' },
    body: 'not JSON',
  })
  expect(status).toBe(404)
  expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'x-correlation-id': 'c-1' })
  expect(body).toMatchObject({ status: 404, code: 'route-not-found', instance: '/no/such/path' })
})
