import type { Body, Discount } from '../../api/types.ts'
import { parseMoney, type Money } from '../../format.ts'
import { fromLocalTime, toLocalTime } from '../local-time.ts'
import { parsePrice, priceAdvice } from '../price.ts'

/** What staff type into the form of a discount. Times are on the shop's clock. */
export interface DiscountDraft {
  readonly code: string
  readonly reduction: 'percentage' | 'amount'
  readonly percentage: string
  readonly amount: string
  readonly minimumSubtotal: string
  readonly startsAt: string
  readonly endsAt: string
  readonly maximumUses: string
}

export const emptyDiscount: DiscountDraft = {
  code: '',
  reduction: 'percentage',
  percentage: '',
  amount: '',
  minimumSubtotal: '',
  startsAt: '',
  endsAt: '',
  maximumUses: '',
}

const euros = (money: { readonly amount: number } | undefined) => (money ? (money.amount / 100).toFixed(2) : '')

export function draftOf(discount: Discount, timeZone: string): DiscountDraft {
  const { code, percentage, amount, minimumSubtotal, startsAt, endsAt, maximumUses } = discount
  return {
    code,
    reduction: percentage === undefined ? 'amount' : 'percentage',
    percentage: percentage === undefined ? '' : String(percentage),
    amount: euros(amount),
    minimumSubtotal: euros(minimumSubtotal),
    startsAt: startsAt === undefined ? '' : toLocalTime(startsAt, timeZone),
    endsAt: endsAt === undefined ? '' : toLocalTime(endsAt, timeZone),
    maximumUses: maximumUses === undefined ? '' : String(maximumUses),
  }
}

export type DiscountRequest = Body<'/admin/discounts/{code}', 'put'>
export type DiscountProblems = Readonly<Partial<Record<keyof DiscountDraft, string>>>
type Outcome =
  | { readonly ok: true; readonly request: DiscountRequest }
  | { readonly ok: false; readonly problems: DiscountProblems }

const moneyAdvice = 'An amount such as 10.00, without a currency.'

/** What the API is sent; a field left empty is left out. */
export function requestOf(draft: DiscountDraft, timeZone: string): Outcome {
  const problems: Partial<Record<keyof DiscountDraft, string>> = {}
  const whole = (field: 'percentage' | 'maximumUses', maximum: number) => {
    const text = draft[field].trim()
    if (/^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= maximum) return Number(text)
    problems[field] = maximum === 100 ? 'A whole number from 1 to 100.' : 'A whole number, 1 or more.'
    return undefined
  }
  const checked = (field: 'amount' | 'minimumSubtotal', parsed: Money | undefined, advice: string) => {
    if (!parsed) problems[field] = advice
    return parsed
  }
  const { startsAt, endsAt } = draft
  if (startsAt !== '' && endsAt !== '' && endsAt <= startsAt) problems.endsAt = 'The end must be after the start.'
  const request = {
    ...(draft.reduction === 'percentage'
      ? { percentage: whole('percentage', 100) }
      : { amount: checked('amount', parsePrice(draft.amount), priceAdvice) }),
    ...(draft.minimumSubtotal.trim() === ''
      ? {}
      : { minimumSubtotal: checked('minimumSubtotal', parseMoney(draft.minimumSubtotal), moneyAdvice) }),
    ...(startsAt === '' ? {} : { startsAt: fromLocalTime(startsAt, timeZone) }),
    ...(endsAt === '' ? {} : { endsAt: fromLocalTime(endsAt, timeZone) }),
    ...(draft.maximumUses.trim() === '' ? {} : { maximumUses: whole('maximumUses', Number.MAX_SAFE_INTEGER) }),
  }
  return Object.keys(problems).length > 0 ? { ok: false, problems } : { ok: true, request: request as DiscountRequest }
}

/** The same terms, ending now. */
export function endedTerms(discount: Discount, now: Date): DiscountRequest {
  const { code: _code, uses: _uses, version: _version, startsAt, ...terms } = discount
  // A period that has not begun would end before it starts.
  const start = startsAt !== undefined && Date.parse(startsAt) < now.getTime() ? { startsAt } : {}
  return { ...terms, ...start, endsAt: now.toISOString() }
}

/** Codes are the same in capital and small letters. */
export const isSameCode = (a: string, b: string): boolean => a.trim().toUpperCase() === b.trim().toUpperCase()
