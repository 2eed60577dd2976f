import { matchesVersion } from './if-match.ts'

test.each<[string, boolean]>([
  ['"3"', true],
  ['*', true],
  [' "2" , "3"', true],
  ['"2"', false],
  ['"33"', false],
  ['W/"3"', false],
  ['3', false],
  ['', false],
])('If-Match: %s on version 3: %s', (ifMatch, expected) => {
  expect(matchesVersion(ifMatch, 3)).toBe(expected)
})
