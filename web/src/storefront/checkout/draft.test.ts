import { emptyAddress, type AddressInput } from '../address/address.ts'
import { addressChoice, newDraft, parseDraft } from './draft.ts'

const home: AddressInput = {
  ...emptyAddress('IE'),
  name: 'Ada Buyer',
  line1: '1 Main Street',
  city: 'Cork',
  postalCode: 'T12 AB34',
}
const ada = { userId: 'ada', name: 'Ada' }
const work: AddressInput = { ...home, line1: '2 Mill Lane' }
const abroad: AddressInput = { ...home, country: 'AQ' }

test('a draft survives a reload with its key and the request without a response', () => {
  const sent = { items: [{ sku: 'MUG', quantity: 1 }], shippingAddress: { name: 'Ada' }, paymentToken: 'tok_ok' }
  const draft = {
    ...newDraft(ada),
    chosen: home,
    orderType: 'express' as const,
    discountCode: 'WELCOME-10',
    sent,
    sentAtMs: 5,
  }
  expect(parseDraft(JSON.stringify(draft), ada)).toEqual(draft)
})

test.each([null, '', '{"userId":', '[]', '{"userId":"ada"}'])('%j gives a new draft', (text) => {
  const { key, ...rest } = newDraft(ada)
  expect(key).toMatch(/^[\da-f-]{36}$/)
  expect(parseDraft(text, ada)).toMatchObject(rest)
})

test('the draft of another customer is not shown, and its key not used', () => {
  const draft = { ...newDraft(ada), typed: home }
  const other = parseDraft(JSON.stringify(draft), { userId: 'bob', name: '' })
  expect(other.typed.name).toBe('')
  expect(other.key).not.toBe(draft.key)
})

test('edited values are replaced, and what is valid is kept', () => {
  const stored = {
    ...newDraft(ada),
    typed: { name: 1 },
    paymentToken: 'tok_free',
    orderType: 'teleport',
    chosen: 7,
    savesAddress: false,
    sent: { items: 'all' },
    sentAtMs: 'now',
  }
  expect(parseDraft(JSON.stringify(stored), ada)).toEqual({ ...newDraft(ada), key: stored.key, savesAddress: false })
})

describe('the address', () => {
  const typed = { ...home, name: 'Typed' }

  test('is the first of the book that the shop delivers to', () => {
    expect(addressChoice({ chosen: undefined, typed }, [abroad, work])).toEqual({ isNew: false, address: work })
    expect(addressChoice({ chosen: undefined, typed }, [abroad])).toEqual({ isNew: true, address: typed })
  })

  test('is the chosen one, while it is in the book', () => {
    expect(addressChoice({ chosen: work, typed }, [home, work])).toEqual({ isNew: false, address: work })
    expect(addressChoice({ chosen: work, typed }, [home])).toEqual({ isNew: true, address: typed })
    expect(addressChoice({ chosen: 'new', typed }, [home])).toEqual({ isNew: true, address: typed })
  })
})
