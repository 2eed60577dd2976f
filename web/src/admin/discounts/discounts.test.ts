import type { Discount } from '../../api/types.ts'
import { draftOf, emptyDiscount, endedTerms, isSameCode, requestOf } from './discount-draft.ts'
import { reductionText, stateOf, termsText } from './discount-state.ts'

const zone = 'Europe/Dublin'
const now = new Date('2026-07-01T12:00:00.000Z')
const discount = { code: 'WELCOME-10', percentage: 10, uses: 0, version: 1 } as Discount

test.each([
  ['active', {}],
  ['active', { startsAt: '2026-07-01T12:00:00.000Z' }],
  ['upcoming', { startsAt: '2026-07-01T12:00:00.001Z' }],
  ['ended', { endsAt: '2026-07-01T12:00:00.000Z' }],
  ['active', { endsAt: '2026-07-01T12:00:00.001Z', maximumUses: 2, uses: 1 }],
  ['used-up', { maximumUses: 2, uses: 2 }],
  ['ended', { maximumUses: 2, uses: 2, endsAt: '2026-06-01T00:00:00.000Z' }],
])('a discount is %s with %j', (state, fields) => {
  expect(stateOf({ ...discount, ...fields }, now)).toBe(state)
})

test('a draft has times on the clock of the shop, and becomes the same discount again', () => {
  const terms = {
    amount: { amount: 500, currency: 'EUR' as const },
    minimumSubtotal: { amount: 4000, currency: 'EUR' as const },
    startsAt: '2026-07-01T08:00:00.000Z',
    endsAt: '2026-12-01T09:00:00.000Z',
    maximumUses: 50,
  }
  const draft = draftOf({ code: 'SUMMER', uses: 3, version: 2, ...terms }, zone)
  expect([draft.startsAt, draft.endsAt, draft.amount]).toEqual(['2026-07-01T09:00', '2026-12-01T09:00', '5.00'])
  expect(requestOf(draft, zone)).toEqual({ ok: true, request: terms })
})

test.each([
  [
    'of one that has begun',
    { startsAt: '2026-07-01T14:00:00.000+03:00' },
    { startsAt: '2026-07-01T14:00:00.000+03:00' },
  ],
  ['of one that has not begun', { startsAt: '2026-07-01T12:00:00.000Z', endsAt: '2026-08-01T00:00:00.000Z' }, {}],
])('the period %s ends now, and its other terms remain', (_, period, start) => {
  const terms = { percentage: 10, maximumUses: 5 }
  expect(endedTerms({ ...discount, ...terms, ...period }, now)).toEqual({
    ...terms,
    ...start,
    endsAt: now.toISOString(),
  })
})

test('empty fields are left out', () => {
  expect(requestOf({ ...emptyDiscount, percentage: '10' }, zone)).toEqual({ ok: true, request: { percentage: 10 } })
})

test.each([
  ['percentage', { percentage: '101' }],
  ['percentage', { percentage: '' }],
  ['amount', { reduction: 'amount' as const, amount: 'ten' }],
  ['amount', { reduction: 'amount' as const, amount: '0.00' }],
  ['amount', { reduction: 'amount' as const, amount: '100000.01' }],
  ['maximumUses', { percentage: '10', maximumUses: '0' }],
  ['minimumSubtotal', { percentage: '10', minimumSubtotal: 'x' }],
  ['endsAt', { percentage: '10', startsAt: '2026-07-02T00:00', endsAt: '2026-07-01T00:00' }],
])('a problem of %s is reported beside it', (field, fields) => {
  const outcome = requestOf({ ...emptyDiscount, ...fields }, zone)
  expect(!outcome.ok && Object.keys(outcome.problems)).toEqual([field])
})

test('codes are compared without case, and reductions are written as such', () => {
  expect([isSameCode(' welcome-10', 'WELCOME-10'), isSameCode('A', 'B')]).toEqual([true, false])
  expect([reductionText(discount), reductionText({ amount: { amount: 500, currency: 'EUR' } })]).toEqual([
    '−10%',
    '−€5.00',
  ])
})

test('terms are a sentence, in the shop’s local time', () => {
  const terms = { minimumSubtotal: { amount: 2000, currency: 'EUR' as const }, maximumUses: 1 }
  const period = { startsAt: '2026-07-01T08:00:00.000Z', endsAt: '2026-12-01T09:00:00.000Z' }
  expect(termsText(discount)).toBe('−10%')
  expect(termsText({ ...discount, ...terms, ...period })).toBe(
    '−10%, for orders of €20.00 or more, at most 1 time, from 1 Jul 2026, 09:00, until 1 Dec 2026, 09:00',
  )
})
