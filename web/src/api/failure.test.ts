import { ApiFailure, fieldProblems, noResponse } from './failure.ts'

const rejection = (...errors: { pointer: string; detail: string }[]) =>
  new ApiFailure(422, { code: 'validation-failed', errors })

const name = { pointer: '/name', detail: 'Too long.' }
const items = { pointer: '/items/0/sku', detail: 'Unknown.' }

test('a rejected value is beside its field or among the others, and never both', () => {
  const { at, others } = fieldProblems(rejection(name, items), ['/name', '/phone'])
  expect(at).toEqual({ '/name': 'Too long.', '/phone': undefined })
  expect(others).toEqual([items])
})

test('a field has the problems of the values within it, each once', () => {
  const tags = ['Too long.', 'Empty.', 'Too long.'].map((detail, index) => ({ pointer: `/tags/${index}`, detail }))
  const amount = { pointer: '/price/amount', detail: 'Negative.' }
  const { at, others } = fieldProblems(rejection(...tags, amount), ['/tags', '/price'])
  expect(at).toEqual({ '/tags': 'Too long. Empty.', '/price': 'Negative.' })
  expect(others).toEqual([])
})

test('a field whose name begins with that of another does not have its problems', () => {
  const { at, others } = fieldProblems(rejection(name), ['/na'])
  expect([at, others]).toEqual([{ '/na': undefined }, [name]])
})

test.each([undefined, new Error('Broken'), noResponse()])('%s rejects no values', (error) => {
  expect(fieldProblems(error, ['/name'])).toEqual({ at: { '/name': undefined }, others: [] })
})
