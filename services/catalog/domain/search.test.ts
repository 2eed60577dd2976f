import { matches } from './search.ts'

const lamp = {
  name: 'Reading Lamp in Brass',
  description: 'A warm light that falls on the page.',
  tags: ['led', 'repairable'],
}

test.each([
  ['a word of the name', 'lamp'],
  ['another case', 'LAMP'],
  ['a part of a word', 'read'],
  ['a word of the description', 'page'],
  ['a tag', 'repairable'],
  ['words from all of them, in any order', 'led  brass warm'],
])('%s finds it', (_, text) => {
  expect(matches(lamp, text)).toBe(true)
})

test.each([
  ['a word that is nowhere', 'table'],
  ['one word that is nowhere beside one that is there', 'lamp table'],
  ['a word over the border of two tags', 'ledrepairable'],
])('%s does not', (_, text) => {
  expect(matches(lamp, text)).toBe(false)
})
