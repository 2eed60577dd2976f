import { idempotencyKeys } from './idempotency-key.ts'

test('a key is kept until the content changes or was answered', () => {
  let count = 0
  const keys = idempotencyKeys(() => String((count += 1)))
  expect([keys.keyFor({ add: 1 }), keys.keyFor({ add: 1 })]).toEqual(['1', '1'])
  expect([keys.keyFor({ add: 2 }), keys.keyFor({ add: 2 })]).toEqual(['2', '2'])
  keys.reset()
  expect(keys.keyFor({ add: 2 })).toBe('3')
})
