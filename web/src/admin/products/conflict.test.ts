import { differencesOf, merged } from './conflict.ts'
import { emptyDraft } from './product-draft.ts'

const base = { ...emptyDraft, name: 'Mug', price: '18.50', tags: 'ceramic' }
const mine = { ...base, name: 'Big mug', price: '19.00' }
const theirs = { ...base, name: 'Mug, 350 ml', tags: 'ceramic, blue' }

test('a field that both changed is a conflict, others suggest the change', () => {
  expect(differencesOf(base, mine, theirs)).toEqual([
    { field: 'name', mine: 'Big mug', theirs: 'Mug, 350 ml', isConflict: true, suggestion: 'mine' },
    { field: 'price', mine: '19.00', theirs: '18.50', isConflict: false, suggestion: 'mine' },
    { field: 'tags', mine: 'ceramic', theirs: 'ceramic, blue', isConflict: false, suggestion: 'theirs' },
  ])
})

test('the same change by both is no difference', () => {
  expect(differencesOf(base, mine, mine)).toEqual([])
})

test('the choices are merged into the stored version', () => {
  expect(merged(mine, theirs, { name: 'theirs', price: 'mine', tags: 'theirs' })).toEqual({
    ...base,
    name: 'Mug, 350 ml',
    price: '19.00',
    tags: 'ceramic, blue',
  })
})
