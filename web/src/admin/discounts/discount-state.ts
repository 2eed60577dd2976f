import type { Discount } from '../../api/types.ts'
import { formatMoney, formatPercent, plural } from '../../format.ts'
import { shop } from '../../storefront/shop.ts'
import type { BadgeLook } from '../../ui/badge.tsx'
import { formatLocalTime } from '../local-time.ts'

type DiscountState = 'upcoming' | 'active' | 'used-up' | 'ended'

/** Whether a code can be used now. Its period includes the start and not the end. */
export function stateOf({ startsAt, endsAt, maximumUses, uses }: Discount, now: Date): DiscountState {
  if (endsAt !== undefined && now.getTime() >= Date.parse(endsAt)) return 'ended'
  if (maximumUses !== undefined && uses >= maximumUses) return 'used-up'
  return startsAt !== undefined && now.getTime() < Date.parse(startsAt) ? 'upcoming' : 'active'
}

export const stateLabels = {
  upcoming: { text: 'Upcoming', look: 'info' },
  active: { text: 'Active', look: 'success' },
  'used-up': { text: 'Used up', look: 'warning' },
  ended: { text: 'Ended', look: 'neutral' },
} as const satisfies Record<DiscountState, { text: string; look: BadgeLook }>

export const reductionText = ({ percentage, amount }: Pick<Discount, 'percentage' | 'amount'>): string =>
  percentage === undefined ? (amount ? `−${formatMoney(amount)}` : '') : `−${formatPercent(percentage / 100)}`

/** In the shop's local time. */
export const periodTexts = ({ startsAt, endsAt }: Pick<Discount, 'startsAt' | 'endsAt'>): string[] => [
  ...(startsAt === undefined ? [] : [`from ${formatLocalTime(startsAt, shop.timeZone)}`]),
  ...(endsAt === undefined ? [] : [`until ${formatLocalTime(endsAt, shop.timeZone)}`]),
]

export const termsText = (discount: Discount): string => {
  const { minimumSubtotal, maximumUses } = discount
  return [
    reductionText(discount),
    ...(minimumSubtotal ? [`for orders of ${formatMoney(minimumSubtotal)} or more`] : []),
    ...(maximumUses === undefined ? [] : [`at most ${plural(maximumUses, 'time')}`]),
    ...periodTexts(discount),
  ].join(', ')
}
