import * as z from 'zod'
import { defineEvent } from '#shared/events/envelope.ts'
import { defineRoute } from '#shared/http/route.ts'
import { describeEvents } from './asyncapi.ts'
import { withInstalledEvents, withInstalledRoutes } from './installed.ts'
import { describeApi } from './openapi.ts'

const route = (operationId: string, method: 'GET' | 'POST', path: string) =>
  defineRoute({ operationId, method, path, access: 'public', summary: 'x', entry: 'x', responses: {} })
const event = (service: string, source: string, type: string) => ({
  service,
  definition: defineEvent({ source, type, version: 1, data: z.object({}) }),
})

test('the routes of the API itself and of installed services are described, and no others', () => {
  const document = describeApi({
    api: [route('health', 'GET', '/health')],
    loans: [route('lend', 'POST', '/books'), route('listLoans', 'GET', '/loans')],
    shelves: [route('listBooks', 'GET', '/books')],
  })
  expect(Object.keys(document['paths'] as object)).toEqual(['/books', '/health', '/loans'])
  const { paths } = withInstalledRoutes(document, ['shelves'])
  expect(paths).toEqual({
    '/books': { get: expect.objectContaining({ operationId: 'listBooks' }) },
    '/health': { get: expect.objectContaining({ operationId: 'health' }) },
  })
})

test('the events of installed services are described, and no others', () => {
  const all = [
    event('loans', 'loans.app', 'BookLent'),
    event('shelves', 'books.app', 'BookAdded'),
    event('shelves', 'books.app', 'BookLost'),
  ]
  const document = withInstalledEvents(describeEvents(all), ['shelves'])
  expect(document).toEqual(describeEvents(all.slice(1)))
})
