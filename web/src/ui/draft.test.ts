import { typedSince, withFields } from './draft.ts'

const sent = { name: 'Mug', price: '18,5', tags: '' }
const saved = { ...sent, price: '18.50' }

test('what is typed while a form is saved remains; the rest is as it was saved', () => {
  expect(typedSince(sent, { ...sent, tags: 'tea' }, saved)).toEqual({ ...saved, tags: 'tea' })
})

test('nothing remains of a form in which nothing was typed since', () => {
  expect(typedSince(sent, { ...sent }, saved)).toBeUndefined()
})

test('of a stored draft, only the fields count that the form still has', () => {
  expect(withFields(sent, { name: 'Cup', colour: 'red' } as object)).toEqual({ ...sent, name: 'Cup' })
})
