import { Router } from './router.ts'

function routerOf(...keys: string[]) {
  const router = new Router()
  for (const routeKey of keys) router.add({ routeKey })
  return router
}

const books = routerOf(
  'GET /books',
  'GET /books/new',
  'GET /books/{bookId}',
  'ANY /books/{id}',
  'PUT /books/{name}/cover',
  'ANY /books/{proxy+}',
  'GET /{proxy+}',
  '$default',
)

test.each([
  ['GET', '/books', 'GET /books', {}],
  ['GET', '/books/new', 'GET /books/new', {}],
  ['GET', '/books/7', 'GET /books/{bookId}', { bookId: '7' }],
  ['DELETE', '/books/7', 'ANY /books/{id}', { id: '7' }],
  ['PUT', '/books/7/cover', 'PUT /books/{name}/cover', { name: '7' }],
  ['GET', '/books/7/cover', 'ANY /books/{proxy+}', { proxy: '7/cover' }],
  ['GET', '/shelves/1', 'GET /{proxy+}', { proxy: 'shelves/1' }],
  ['POST', '/shelves/1', '$default', {}],
  ['POST', '/books', '$default', {}],
  ['GET', '/Books', 'GET /{proxy+}', { proxy: 'Books' }],
  ['GET', '/', '$default', {}],
  ['GET', '/books/', 'GET /{proxy+}', { proxy: 'books/' }],
  ['PUT', '/books/', '$default', {}],
  ['GET', '/books/50% of?all#', 'GET /books/{bookId}', { bookId: '50% of?all#' }],
  ['GET', `/books/${'x'.repeat(500)}`, 'GET /books/{bookId}', { bookId: 'x'.repeat(500) }],
])('%s %s matches %s', (method, path, routeKey, pathParameters) => {
  expect(books.find(method, path)).toMatchObject({ route: { routeKey }, pathParameters })
})

test('a request matches no route without a matching path, method or $default', () => {
  expect(routerOf('GET /books').find('GET', '/shelves')).toBeUndefined()
  expect(routerOf('GET /books').find('POST', '/books')).toBeUndefined()
})

test('a colon in a literal path is not a path variable', () => {
  const router = routerOf('POST /books/7:lend')
  expect(router.find('POST', '/books/7:lend')?.route.routeKey).toBe('POST /books/7:lend')
  expect(router.find('POST', '/books/7:return')).toBeUndefined()
})

test.each(['GET', 'get /books', 'GET books', 'FETCH /books', 'GET /books/{a}x', 'GET /{proxy+}/x'])(
  '%s is not a valid route key',
  (key) => {
    expect(() => routerOf(key)).toThrow()
  },
)

test('a route key can be declared once', () => {
  expect(() => routerOf('GET /books', 'GET /books')).toThrow('declared twice')
})
