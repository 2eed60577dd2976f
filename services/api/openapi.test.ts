import * as z from 'zod'
import { defineRoute } from '#shared/http/route.ts'
import { wholeNumber } from '#shared/text.ts'
import { describeApi } from './openapi.ts'

const loan = z.object({ loanId: z.string(), due: z.iso.date() })

const api: any = describeApi({
  library: [
    defineRoute({
      operationId: 'lend',
      method: 'PUT',
      path: '/books/{bookId}/loan',
      access: 'customer',
      summary: 'Borrow a book',
      entry: 'lend',
      parameters: z.object({ bookId: z.string() }),
      headers: z.object({ 'if-match': z.string().optional() }),
      body: z.strictObject({ days: z.int().min(1).default(14) }),
      responses: { 201: { description: 'Lent', schema: loan } },
      example: { parameters: { bookId: 'book_1' }, headers: { 'if-match': '"1"' }, body: { days: 7 } },
      problems: {
        'already-lent': { status: 409, title: 'Another user has it', extension: z.object({ until: z.string() }) },
      },
    }),
    defineRoute({
      operationId: 'listBooks',
      method: 'GET',
      path: '/books',
      access: 'public',
      summary: 'All books',
      retired: true,
      entry: 'list-books',
      query: z.object({
        limit: wholeNumber({ min: 1, max: 9 }).prefault(5).describe('At most'),
        cursor: z.string().optional(),
      }),
      responses: { 200: { description: 'A page' } },
    }),
  ],
})

const lend = api.paths['/books/{bookId}/loan'].put
const list = api.paths['/books'].get

/** The response of an operation, which is shared by those that fail in the same ways. */
const failure = ({ responses }: any, status: string) =>
  api.components.responses[responses[status].$ref.replace('#/components/responses/', '')]

test('parameters come from the schemas; those of the path are required', () => {
  expect(lend.parameters).toEqual([
    { name: 'bookId', in: 'path', required: true, schema: { type: 'string' }, example: 'book_1' },
    { name: 'if-match', in: 'header', required: false, schema: { type: 'string' }, example: '"1"' },
  ])
  expect(list.parameters.map(({ name, in: place, required }: any) => [name, place, required])).toEqual([
    ['limit', 'query', false],
    ['cursor', 'query', false],
  ])
  expect(list.parameters[0]).toMatchObject({
    description: 'At most',
    schema: { type: 'integer', minimum: 1, maximum: 9, default: 5 },
  })
})

test('a body is described as input, a response as output', () => {
  const body = lend.requestBody.content['application/json'].schema
  expect(body).toMatchObject({ additionalProperties: false, properties: { days: { minimum: 1, default: 14 } } })
  expect(body.required).toBeUndefined()
  expect(lend.requestBody.content['application/json'].example).toEqual({ days: 7 })
  expect(lend.responses['201'].content['application/json'].schema.required).toEqual(['loanId', 'due'])
  expect(list.responses['200'].content).toBeUndefined()
})

test('failures of the function and of the gateway are described', () => {
  expect(Object.keys(lend.responses)).toEqual([
    '201',
    '400',
    '401',
    '403',
    '404',
    '409',
    '413',
    '415',
    '422',
    '429',
    '431',
    '500',
    '503',
  ])
  expect(failure(lend, '409').description).toBe('`conflict`, `already-lent`')
  expect(Object.keys(failure(lend, '401').content)).toEqual(['application/json'])
  expect(Object.keys(failure(lend, '409').content)).toEqual(['application/problem+json'])
  const conflict = failure(lend, '409').content['application/problem+json'].schema
  expect(conflict).toEqual({ $ref: '#/components/schemas/Problem', properties: { until: { type: 'string' } } })
  expect(Object.keys(failure(lend, '413').content)).toEqual(['application/problem+json', 'application/json'])
  expect(Object.keys(failure(lend, '500').content)).toEqual(['application/problem+json', 'application/json'])
  expect(Object.keys(failure(lend, '503').content)).toEqual(['application/problem+json', 'application/json'])
  expect(Object.keys(list.responses)).toEqual(['200', '400', '413', '422', '429', '431', '500', '503'])
  expect(Object.keys(failure(list, '431').content)).toEqual(['application/json'])
  expect(failure(list, '400').description).toBe('`invalid-cursor`, the gateway cannot read the request')
  expect(Object.keys(failure(list, '503').headers)).toEqual(['x-correlation-id', 'retry-after'])
})

test('public routes have no security scheme, other routes the scheme of their access', () => {
  expect([lend.security, list.security]).toEqual([[{ customer: [] }], []])
})

test('a retired route is deprecated', () => {
  expect([lend.deprecated, list.deprecated]).toEqual([undefined, true])
})

test('every reference resolves', () => {
  const references = [...JSON.stringify(api).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path!.split('/'))
  expect(references.length).toBeGreaterThan(0)
  for (const path of references) expect(path.reduce((part, name) => part[name], api)).toBeDefined()
})
