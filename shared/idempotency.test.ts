import { fingerprint } from './idempotency.ts'

test('the order of fields does not matter, at any depth', () => {
  expect(fingerprint({ a: 1, b: { c: [{ d: 1, e: 2 }] } })).toBe(fingerprint({ b: { c: [{ e: 2, d: 1 }] }, a: 1 }))
})

test.each([
  [{ a: 1 }, { a: 2 }],
  [{ a: [1, 2] }, { a: [2, 1] }],
  [{ a: '1' }, { a: 1 }],
  [{ a: { b: 1 } }, { a: { c: 1 } }],
])('%j and %j differ', (one, other) => {
  expect(fingerprint(one)).not.toBe(fingerprint(other))
})
