import { changedFields, changesIn, draftOf, emptyDraft, requestOf } from './product-draft.ts'

const draft = { ...emptyDraft, name: '<b>Mug</b>', price: '18,5', tags: ' ceramic,, dishwasher-safe ' }

test('a draft becomes a request with the text as it was typed', () => {
  expect(requestOf(draft)).toEqual({
    ok: true,
    request: {
      name: '<b>Mug</b>',
      description: '',
      category: 'kitchen',
      tags: ['ceramic', 'dishwasher-safe'],
      price: { amount: 1850, currency: 'EUR' },
    },
  })
})

test.each(['', '-1', '1.234', 'ten', '1 000', '0', '100000.01'])(
  'the price “%s” is a problem of its field',
  (price) => {
    expect(requestOf({ ...draft, price })).toEqual({ ok: false, price: expect.any(String) })
  },
)

test('only changed fields are sent', () => {
  const product = {
    name: 'Mug',
    description: 'For tea',
    category: 'coffee',
    tags: ['a', 'b'],
    price: { amount: 5, currency: 'EUR' },
  }
  const before = draftOf(product as never)
  expect(before).toMatchObject({ tags: 'a, b', price: '0.05' })
  const after = { ...before, price: '0.06' }
  const outcome = requestOf(after)
  expect(outcome.ok && changesIn(outcome.request, changedFields(before, after))).toEqual({
    price: { amount: 6, currency: 'EUR' },
  })
})
