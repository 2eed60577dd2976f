import { idempotencyKeys } from './idempotency-key.ts'

test('a key is kept until the content changes or gets a response', () => {
  let count = 0
  const keys = idempotencyKeys(() => String((count += 1)))
  expect([keys.keyFor({ add: 1 }), keys.keyFor({ add: 1 })]).toEqual(['1', '1'])
  expect([keys.keyFor({ add: 2 }), keys.keyFor({ add: 2 })]).toEqual(['2', '2'])
  keys.reset()
  expect(keys.keyFor({ add: 2 })).toBe('3')
})

test('a stored key survives a reload, together with its content', () => {
  let stored: string | undefined
  const store = {
    load: () => (stored === undefined ? undefined : JSON.parse(stored)),
    save: (sent: object | undefined) => {
      stored = sent && JSON.stringify(sent)
    },
  }
  expect(idempotencyKeys(() => 'first', store).keyFor({ add: 5 })).toBe('first')
  const reloaded = idempotencyKeys(() => 'second', store)
  expect(reloaded.keyFor({ add: 5 })).toBe('first')
  reloaded.reset()
  expect(reloaded.keyFor({ add: 5 })).toBe('second')
})
