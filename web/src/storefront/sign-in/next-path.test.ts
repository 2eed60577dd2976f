import { nextPath, withNext } from './next-path.ts'

test.each(['/checkout', '/orders/ord_1?from=mail#items', '/products?q=a%20b&sort=price'])(
  'leads back to %s',
  (path) => {
    const address = new URL(withNext('/sign-in', path), 'http://shop.example')
    expect(nextPath(address.searchParams.get('next'))).toBe(path)
  },
)

test.each([
  null,
  '',
  'checkout',
  'https://evil.example/',
  '//evil.example/',
  String.raw`/\evil.example/`,
  '/\t/evil.example/',
  '/..//evil.example/',
  'javascript:alert(1)',
  '/sign-in?next=/sign-in',
  '/sign-up',
])('never leads elsewhere: %j', (next) => {
  expect(nextPath(next)).toBe('/account')
})

test('a page whose next one is the usual one has a plain address', () => {
  expect(withNext('/sign-up', '/account')).toBe('/sign-up')
})
