import type { Discount } from '../../api/types.ts'
import { formatMoney, formatPercent } from '../../format.ts'
import type { BadgeLook } from '../../ui/badge.tsx'

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
