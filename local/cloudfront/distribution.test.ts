import { pathMatcher } from './distribution.ts'

test.each([
  ['*', '/', true],
  ['/images/*', '/images/a/b.webp', true],
  ['images/*', '/images/', true],
  ['/images/*', '/images', false],
  ['/images/*', '/Images/a', false],
  ['/api/loans*', '/api/loans', true],
  ['/api/loans*', '/api/loans/7', true],
  ['/a?.jpg', '/ab.jpg', true],
  ['/a?.jpg', '/a.jpg', false],
  ['/a?.jpg', '/abXjpg', false],
  ['/*.php', '/index.php', true],
  ['/a', '/b/a', false],
])('the pattern %s and the path %s: %j', (pattern, path, expected) => {
  expect(pathMatcher(pattern)(path)).toBe(expected)
})
