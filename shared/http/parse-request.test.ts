import * as z from 'zod'
import { apiEvent, type ApiCall } from '#test/support/api-event.ts'
import { wholeNumber } from '../text.ts'
import { bodyLimitBytes, parseRequest } from './parse-request.ts'
import { problem, ProblemError } from './problem.ts'
import { defineRoute, type Route } from './route.ts'

const lendBook = defineRoute({
  operationId: 'lendBook',
  method: 'POST',
  path: '/shelves/{shelf}/loans',
  access: 'customer',
  summary: 'Lends books',
  entry: 'lend-book',
  parameters: z.object({ shelf: z.string().regex(/^[A-Z]$/, 'One capital letter') }),
  query: z.object({ days: wholeNumber({ min: 1 }).optional(), note: z.string().optional() }),
  headers: z.object({ 'x-card': z.string().min(3) }),
  body: z.strictObject({ books: z.array(z.strictObject({ isbn: z.string(), copies: z.int().min(1) })).min(1) }),
  responses: {},
})

const right = {
  method: 'POST',
  parameters: { shelf: 'A' },
  headers: { 'x-card': 'card-1' },
  body: { books: [{ isbn: '123', copies: 1 }] },
} satisfies ApiCall

const parse = (request: ApiCall, route: Route = lendBook) =>
  parseRequest(route, apiEvent({ customer: 'u-1', ...request }))

function problemOf(request: ApiCall, route: Route = lendBook) {
  try {
    parse(request, route)
  } catch (error) {
    if (error instanceof ProblemError) return error.problem
    throw error
  }
  throw new Error('The request was accepted.')
}

const pointers = (request: ApiCall) => problemOf(request).errors!.map(({ pointer }) => pointer)

test('a valid request is parsed', () => {
  expect(parse({ ...right, query: { days: '14' }, customer: 'u-1' })).toMatchObject({
    parameters: { shelf: 'A' },
    query: { days: 14 },
    headers: { 'x-card': 'card-1' },
    body: right.body,
    userId: 'u-1',
  })
})

test('the user comes from either authorizer', () => {
  expect(parse({ ...right, customer: 'customer-1' }).userId).toBe('customer-1')
  expect(parse({ ...right, customer: undefined, staff: 'staff-1' }).userId).toBe('staff-1')
})

test('a public route has no user', () => {
  expect(parse(right, { ...lendBook, access: 'public' }).userId).toBeUndefined()
})

test.each(['customer', 'staff'] as const)('a %s route without an authorizer is a bug', (access) => {
  expect(() => parseRequest({ ...lendBook, access }, apiEvent(right))).toThrow('without an authorizer')
})

test('a base64 body is decoded', () => {
  const event = apiEvent({ ...right, customer: 'u-1' })
  const body = Buffer.from(event.body!).toString('base64')
  expect(parseRequest(lendBook, { ...event, body, isBase64Encoded: true }).body).toEqual(right.body)
})

test.each([
  ['cut off', '{"books": ['],
  ['empty', ''],
  ['not JSON', 'books=1'],
])('a body that is %s is a 400', (_, body) => {
  expect(problemOf({ ...right, body })).toMatchObject({ status: 400, code: 'malformed-json' })
})

test.each([
  ['text/plain'],
  ['application/x-www-form-urlencoded'],
  ['application/jsonp'],
  [''],
  ['application/json; charset=iso-8859-1'],
  ['application/json;CHARSET=utf-16'],
  ['application/json; charset='],
  ['application/json; charset=utf-8; charset=latin1'],
  ['application/json,text/plain'],
])('content type "%s" is a 415', (type) => {
  expect(problemOf({ ...right, headers: { ...right.headers, 'content-type': type } })).toMatchObject({
    status: 415,
    code: 'unsupported-media-type',
  })
})

test.each(['Application/JSON; charset=utf-8', 'application/json;charset="UTF-8"', 'application/json; profile=x'])(
  'content type "%s" is accepted',
  (type) => {
    expect(parse({ ...right, headers: { ...right.headers, 'content-type': type } }).body).toEqual(right.body)
  },
)

describe('a body that is not UTF-8', () => {
  const latin = Buffer.from('{"books":[{"isbn":"caf\u00e9","copies":1}]}', 'latin1')
  const parsed = (body: Buffer, isBase64Encoded: boolean) => {
    const event = { ...apiEvent({ ...right, customer: 'u-1' }), isBase64Encoded }
    return parseRequest(lendBook, { ...event, body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }).body
  }
  const problemOfBody = (body: Buffer, isBase64Encoded: boolean) => {
    try {
      return parsed(body, isBase64Encoded)
    } catch (error) {
      return (error as ProblemError).problem
    }
  }

  test.each([
    ['in base64', true],
    ['that the gateway decoded', false],
  ])('is a 400: %s', (_, isBase64Encoded) => {
    const expected = { status: 400, code: 'malformed-json', detail: 'The body is not UTF-8.' }
    expect(problemOfBody(latin, isBase64Encoded)).toMatchObject(expected)
  })

  test('is not one with a replacement character that the client sent', () => {
    const body = Buffer.from('{"books":[{"isbn":"caf\ufffd","copies":1}]}')
    expect(parsed(body, true)).toEqual({ books: [{ isbn: 'caf\ufffd', copies: 1 }] })
    const escaped = Buffer.from('{"books":[{"isbn":"caf\\ufffd","copies":1}]}')
    expect(parsed(escaped, false)).toEqual({ books: [{ isbn: 'caf\ufffd', copies: 1 }] })
  })
})

test('a body of 64 KB is accepted, and one byte more is a 413', () => {
  const padded = (bytes: number) => JSON.stringify(right.body).padEnd(bytes, ' ')
  expect(parse({ ...right, body: padded(bodyLimitBytes) }).body).toEqual(right.body)
  expect(problemOf({ ...right, body: padded(bodyLimitBytes + 1) })).toMatchObject({
    status: 413,
    code: 'body-too-large',
  })
})

test('the body limit counts bytes, not characters', () => {
  const body = JSON.stringify({ books: [{ isbn: 'ø'.repeat(bodyLimitBytes / 2), copies: 1 }] })
  expect(problemOf({ ...right, body }).status).toBe(413)
})

test.each<[string, Partial<ApiCall>, string[]]>([
  ['a wrong type', { body: { books: [{ isbn: 1, copies: 1 }] } }, ['/books/0/isbn']],
  ['a missing member', { body: {} }, ['/books']],
  ['an unknown member', { body: { ...right.body, gift: true } }, ['/gift']],
  ['an unknown member further in', { body: { books: [{ isbn: '1', copies: 1, 'a/b~c': 1 }] } }, ['/books/0/a~1b~0c']],
  [
    'two faults at once',
    {
      body: {
        books: [
          { isbn: '1', copies: 0 },
          { isbn: '2', copies: 1.5 },
        ],
      },
    },
    ['/books/0/copies', '/books/1/copies'],
  ],
  ['a body that is a list', { body: [] }, ['']],
  ['a path parameter', { parameters: { shelf: 'aa' } }, ['/path/shelf']],
  ['a query parameter', { query: { days: 'soon' } }, ['/query/days']],
  ['an unknown query parameter', { query: { weeks: '2' } }, ['/query/weeks']],
  ['a query parameter in another case', { query: { Days: '2' } }, ['/query/Days']],
  ['a name that every object has', { query: { constructor: '2' } }, ['/query/constructor']],
  ['an empty query parameter', { query: { note: '' } }, ['/query/note']],
  ['an unknown parameter without a name', { query: { '': '5' } }, ['/query/']],
  ['a header', { headers: { 'x-card': 'x' } }, ['/headers/x-card']],
])('%s is a 422 that points at it', (_, fault, expected) => {
  expect(problemOf({ ...right, ...fault })).toMatchObject({ status: 422, code: 'validation-failed' })
  expect(pointers({ ...right, ...fault })).toEqual(expected)
})

test('details are in our words', () => {
  const { errors } = problemOf({ ...right, body: { books: [{ isbn: 1, copies: 0 }] } })
  expect(errors!.map(({ detail }) => detail)).toEqual(['Must be a string.', 'Must be at least 1.'])
})

test('errors of headers and body are reported together', () => {
  expect(pointers({ ...right, headers: { 'x-card': 'x' }, body: {} })).toEqual(['/headers/x-card', '/books'])
})

test('headersProblem takes precedence over errors of the body', () => {
  const cardless = { 'no-card': { status: 400, title: 'Show your card' } }
  const route = { ...lendBook, headersProblem: () => problem(cardless, 'no-card', 'Send X-Card.') }
  expect(problemOf({ ...right, headers: {}, body: 'no JSON' }, route)).toMatchObject({ status: 400, code: 'no-card' })
})

test('a route without query parameters accepts none', () => {
  const { query: _, ...route } = lendBook
  expect(problemOf({ ...right, query: { foo: '1' } }, route).errors).toMatchObject([{ pointer: '/query/foo' }])
  expect(parse(right, route).query).toBeUndefined()
})

test('a repeated query parameter is a 422, a value with a comma is none', () => {
  const sent = (rawQueryString: string) => ({
    ...apiEvent({ ...right, customer: 'u-1', query: { note: 'a,b' } }),
    rawQueryString,
  })
  expect(parseRequest(lendBook, sent('note=a%2Cb')).query).toEqual({ note: 'a,b' })
  expect(() => parseRequest(lendBook, sent('note=a&note=b'))).toThrow(ProblemError)
})

test('the catch-all route accepts any query', () => {
  const { query: _, ...route } = { ...lendBook, ignoresQuery: true as const }
  expect(parse({ ...right, query: { foo: '' } }, route).query).toBeUndefined()
})
